/** Deleting an environment: an admin's, and only once no active token belongs to it. */
import type { Hono } from "hono";
import { requireEnvironment, viewEnvironment } from "../../environments.ts";
import { deleteEnvironment } from "../../management/environment-acts.ts";
import { adminOnly } from "../../management/gate.ts";
import type { RoomDeps } from "../../room.ts";
import { PostForm, type View } from "../document.tsx";
import { Decision } from "../form-parts.tsx";
import type { Gate, PageEnv } from "../gate.ts";
import { Head } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { counted } from "../shown.ts";

export function deleteRoutes(room: Hono<PageEnv>, gate: Gate, { db, now }: RoomDeps): void {
  room.get(
    "/environments/:name/delete",
    gate.shows(async (visitor, c) => {
      adminOnly(visitor.caller);
      const row = await requireEnvironment(db, c.req.param("name") ?? "");
      const { name, tokens } = await viewEnvironment(db, row, now());
      return tokens > 0 ? notYet(name, tokens) : askPage(name, visitor);
    }),
  );

  room.post(
    "/environments/:name/delete",
    gate.does(async ({ caller }, _form, c) => {
      adminOnly(caller);
      await deleteEnvironment(db, c.req.param("name") ?? "", now());
      return "/environments?done=deleted";
    }),
  );
}

function askPage(name: string, visitor: Visitor): View {
  return {
    title: `Delete ${name}?`,
    place: "environments",
    slim: true,
    body: (
      <>
        <Head title={`Delete ${name}?`} back={{ to: `/environments/${name}`, title: name }} />
        <PostForm to={`/environments/${name}/delete`} visitor={visitor} class="card">
          <p>
            Its deployment history goes with it and cannot be brought back. Expired and revoked tokens stay,
            without an environment.
          </p>
          <Decision
            act="Delete the environment"
            danger
            or={{ to: `/environments/${name}`, title: "Keep it" }}
          />
        </PostForm>
      </>
    ),
  };
}

function notYet(name: string, tokens: number): View {
  return {
    title: `Delete ${name}`,
    place: "environments",
    slim: true,
    status: 409,
    body: (
      <>
        <Head title={`Delete ${name}`} back={{ to: `/environments/${name}`, title: name }} />
        <div class="card">
          <p>
            {counted(tokens, "active token")} would lose the environment. Revoke what belongs to it first.
          </p>
          <p>
            <a class="button" href={`/?environment=${name}&status=active`}>
              Show its active tokens
            </a>
          </p>
        </div>
      </>
    ),
  };
}
