/** The form for a new user. */
import { PostForm, type View } from "../document.tsx";
import { Choice, Decision } from "../form-parts.tsx";
import type { Mistakes } from "../invalid.ts";
import { Field, Head, Wrong } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";

/** @param failure what was wrong with what was filled in */
export function formPage(
  visitor: Visitor,
  filled: { name: string; role: string },
  failure?: { mistakes: Mistakes; status: number },
): View {
  const { mistakes, status } = failure ?? { mistakes: {} as Mistakes, status: 200 };
  return {
    title: "Add a user",
    place: "users",
    slim: true,
    status,
    body: (
      <>
        <Head title="Add a user" back={{ to: "/users", title: "Users" }} />
        <PostForm to="/users/new" visitor={visitor} class="card">
          <Field
            name="name"
            label="Name"
            value={filled.name}
            hint="Letters, digits and . _ @ -, such as ann or ann@example.com."
            // Only a name can be taken.
            wrong={mistakes.name ?? mistakes.form}
            maxlength={64}
            first
          />
          <Role value={filled.role} wrong={mistakes.role} />
          <Decision act="Add" or={{ to: "/users", title: "Cancel" }} />
        </PostForm>
      </>
    ),
  };
}

function Role({ value, wrong }: { value: string; wrong: string | undefined }) {
  return (
    <fieldset class="field" {...(wrong && { "aria-describedby": "role-wrong" })}>
      <legend>Role</legend>
      <Wrong name="role">{wrong}</Wrong>
      <Choice
        field="role"
        value="developer"
        title="Developer"
        note="Creates tokens and environments, and manages the tokens that they created."
        checked={value !== "admin"}
      />
      <Choice
        field="role"
        value="admin"
        title="Admin"
        note="Manages all tokens, environments and users."
        checked={value === "admin"}
      />
    </fieldset>
  );
}
