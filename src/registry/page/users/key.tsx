/** The one page that holds a new user's key. */
import type { UserView } from "../../management/user-acts.ts";
import type { View } from "../document.tsx";
import { ShownOnce } from "../once.tsx";
import { Head } from "../parts.tsx";
import { roles } from "./list.tsx";

export function keyPage(user: UserView, key: string): View {
  return {
    title: `New user: ${user.name}`,
    place: "users",
    slim: true,
    body: (
      <>
        <Head title={user.name} back={{ to: "/users", title: "Users" }} />
        <ShownOnce
          label="Key of the new user"
          value={key}
          lost="If it is lost, remove the user and add them anew."
        >
          <dl>
            <dt>Role</dt>
            <dd>{roles[user.role]}</dd>
          </dl>
          <p class="quiet">
            Hand it to {user.name} in a way that nobody else reads. They log in here with it, and give it to
            their tools to manage tokens.
          </p>
        </ShownOnce>
        <p>
          <a class="button" href="/users">
            Done
          </a>
        </p>
      </>
    ),
  };
}
