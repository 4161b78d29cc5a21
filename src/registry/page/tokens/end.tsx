/** Revoking and deleting: a page asks first, and names the token. */
import type { Hono } from "hono";
import { deleteToken, findToken, revokeToken } from "../../management/token-acts.ts";
import type { RoomDeps } from "../../room.ts";
import { statusOf, type TokenView, view } from "../../tokens.ts";
import { PostForm, type View } from "../document.tsx";
import { Decision } from "../form-parts.tsx";
import type { Gate, PageContext, PageEnv } from "../gate.ts";
import { Head, Moment, Text } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { permissions, shown } from "../shown.ts";

export function endRoutes(room: Hono<PageEnv>, gate: Gate, { db, now }: RoomDeps): void {
  room.get(
    "/tokens/:id/revoke",
    gate.shows(async (visitor, c) => {
      const row = await findToken(db, visitor.caller, idIn(c));
      const token = view(row, now());
      return row.revoked_at === null ? revokePage(token, visitor, now()) : nothingToDo(token, "Revoke");
    }),
  );

  room.post(
    "/tokens/:id/revoke",
    gate.does(async ({ caller }, _form, c) => {
      const { token } = await revokeToken(db, caller, idIn(c), now());
      return `/tokens/${token.id}?done=revoked`;
    }),
  );

  room.get(
    "/tokens/:id/delete",
    gate.shows(async (visitor, c) => {
      const row = await findToken(db, visitor.caller, idIn(c));
      const token = view(row, now());
      return statusOf(row, now()) === "active" ? nothingToDo(token, "Delete") : deletePage(token, visitor);
    }),
  );

  room.post(
    "/tokens/:id/delete",
    gate.does(async ({ caller }, _form, c) => {
      await deleteToken(db, caller, idIn(c), now());
      return "/?done=deleted";
    }),
  );
}

function idIn(c: PageContext): string {
  return c.req.param("id") ?? "";
}

function revokePage(token: TokenView, visitor: Visitor, now: Date): View {
  return {
    title: `Revoke ${shown(token.name)}?`,
    place: "tokens",
    slim: true,
    body: (
      <>
        <Title act="Revoke" token={token} />
        <PostForm to={`/tokens/${token.id}/revoke`} visitor={visitor} class="card">
          <p>
            Whoever uses this token is refused from the next request on: builds, deployments and machines that
            hold it stop working until they get another one. A revoked token stays revoked.
          </p>
          <dl>
            <dt>Username</dt>
            <dd>{token.username}</dd>
            <dt>Permission</dt>
            <dd>
              {permissions[token.permission]}
              {token.environment !== undefined && `, for ${token.environment}`}
            </dd>
            <dt>Last used</dt>
            <dd>
              {token.last_used_at === undefined ? "Not yet" : <Moment at={token.last_used_at} now={now} />}
            </dd>
          </dl>
          <Decision act="Revoke the token" danger or={{ to: `/tokens/${token.id}`, title: "Keep it" }} />
        </PostForm>
      </>
    ),
  };
}

function deletePage(token: TokenView, visitor: Visitor): View {
  return {
    title: `Delete ${shown(token.name)}?`,
    place: "tokens",
    slim: true,
    body: (
      <>
        <Title act="Delete" token={token} />
        <PostForm to={`/tokens/${token.id}/delete`} visitor={visitor} class="card">
          <p>
            It opens nothing any more. What is deleted is the record of it: who created it, when, and when it
            was last used. That cannot be brought back.
          </p>
          <Decision act="Delete the token" danger or={{ to: `/tokens/${token.id}`, title: "Keep it" }} />
        </PostForm>
      </>
    ),
  };
}

/** For an act that would be refused. */
function nothingToDo(token: TokenView, act: "Revoke" | "Delete"): View {
  const sentence =
    act === "Revoke"
      ? "The token was revoked before: there is nothing left to do but to delete it."
      : "The token is active. Revoke it first; then it can be deleted.";
  const other = act === "Revoke" ? "delete" : "revoke";
  return {
    title: `${act} ${shown(token.name)}`,
    place: "tokens",
    slim: true,
    status: 409,
    body: (
      <>
        <Head
          title={
            <>
              {act} <Text>{token.name}</Text>
            </>
          }
          back={{ to: `/tokens/${token.id}`, title: "The token" }}
        />
        <div class="card">
          <p>{sentence}</p>
          <p>
            <a class="button" href={`/tokens/${token.id}/${other}`}>
              {other === "delete" ? "Delete…" : "Revoke…"}
            </a>
          </p>
        </div>
      </>
    ),
  };
}

function Title({ act, token }: { act: string; token: TokenView }) {
  return (
    <Head
      title={
        <>
          {act} <Text>{token.name}</Text>?
        </>
      }
      back={{ to: `/tokens/${token.id}`, title: "The token" }}
    />
  );
}
