/** Removing a user: not the last admin, and nobody who has active tokens. */
import type { Hono } from "hono";
import { Refusal } from "../../caller.ts";
import { adminOnly } from "../../management/gate.ts";
import { checkRemovable, removeUser } from "../../management/user-acts.ts";
import type { RoomDeps } from "../../room.ts";
import { PostForm, type View } from "../document.tsx";
import { Decision } from "../form-parts.tsx";
import type { Gate, PageContext, PageEnv } from "../gate.ts";
import { Head } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { shown } from "../shown.ts";

export function removeRoutes(room: Hono<PageEnv>, gate: Gate, { db, now }: RoomDeps): void {
  room.get(
    "/users/:name/remove",
    gate.shows(async (visitor, c) => {
      adminOnly(visitor.caller);
      const name = nameIn(c);
      return orRefused(name, async () => {
        await checkRemovable(db, name, now());
        return askPage(name, visitor);
      });
    }),
  );

  room.post(
    "/users/:name/remove",
    gate.does(async ({ caller }, _form, c) => {
      adminOnly(caller);
      const name = nameIn(c);
      return orRefused(name, async () => {
        await removeUser(db, name, now());
        return "/users?done=removed";
      });
    }),
  );
}

function nameIn(c: PageContext): string {
  return c.req.param("name") ?? "";
}

async function orRefused<Result>(name: string, act: () => Promise<Result>): Promise<Result | View> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) return notYet(name, error.message);
    throw error;
  }
}

function askPage(name: string, visitor: Visitor): View {
  const isSelf = name === visitor.caller.username;
  return {
    title: `Remove ${name}?`,
    place: "users",
    slim: true,
    body: (
      <>
        <Head title={`Remove ${name}?`} back={{ to: "/users", title: "Users" }} />
        <PostForm to={`/users/${encodeURIComponent(name)}/remove`} visitor={visitor} class="card">
          <p>
            {isSelf
              ? "This is you: you are logged out, and your key opens nothing any more."
              : "Their key opens nothing any more, and they are logged out everywhere."}{" "}
            The records of their expired and revoked tokens stay.
          </p>
          <Decision act="Remove the user" danger or={{ to: "/users", title: "Keep them" }} />
        </PostForm>
      </>
    ),
  };
}

function notYet(name: string, why: string): View {
  return {
    title: `Remove ${shown(name)}`,
    place: "users",
    slim: true,
    status: 409,
    body: (
      <>
        <Head title={`Remove ${shown(name)}`} back={{ to: "/users", title: "Users" }} />
        <div class="card" role="alert">
          <p>{why}</p>
          <p>
            {why.startsWith("The last admin") ? (
              <a class="button" href="/users/new">
                Add another admin first
              </a>
            ) : (
              <a class="button" href={`/?${new URLSearchParams({ created_by: name, status: "active" })}`}>
                Show the active tokens
              </a>
            )}
          </p>
        </div>
      </>
    ),
  };
}
