/** All that is known of a token, and what can be done with it. */
import { findToken } from "../../management/token-acts.ts";
import type { RoomDeps } from "../../room.ts";
import type { TokenRow } from "../../store/schema.ts";
import { type TokenView, view } from "../../tokens.ts";
import type { View } from "../document.tsx";
import { Head, Moment, Notice, Text } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { permissions, shown } from "../shown.ts";
import { Status } from "./status.tsx";

/** @param done what has just been done with it */
export async function tokenPage(
  { db, now }: RoomDeps,
  { caller }: Visitor,
  id: string,
  done: string | undefined,
): Promise<View> {
  const row = await findToken(db, caller, id);
  const token = view(row, now());
  return {
    title: shown(token.name),
    place: "tokens",
    slim: true,
    body: (
      <>
        <Head title={<Text>{token.name}</Text>} back={{ to: "/", title: "Tokens" }}>
          <Status of={token.status} />
        </Head>
        {done === "revoked" && token.status === "revoked" && (
          <Notice kind="done">
            <b>The token was revoked.</b>Whoever uses it is refused from now on. What still needs one gets a
            new token.
          </Notice>
        )}
        {done === "shown" && (
          <Notice kind="bad">
            <b>The value was shown already.</b>It is kept nowhere and cannot be shown again. If you do not
            have it, revoke this token and create another.
          </Notice>
        )}
        <div class="card">
          <Details row={row} token={token} now={now()} />
          <Acts token={token} />
        </div>
      </>
    ),
  };
}

function Details({ row, token, now }: { row: TokenRow; token: TokenView; now: Date }) {
  return (
    <dl>
      <dt>Username</dt>
      <dd>{token.username}</dd>
      <dt>Permission</dt>
      <dd>{permissions[token.permission]}</dd>
      <dt>Environment</dt>
      <dd>
        {token.environment === undefined ? (
          "None"
        ) : (
          <a href={`/environments/${token.environment}`}>{token.environment}</a>
        )}
      </dd>
      <dt>Created By</dt>
      <dd>{token.created_by}</dd>
      <dt>Created</dt>
      <dd>
        <Moment at={token.created_at} now={now} />
      </dd>
      <dt>Expires</dt>
      <dd>{token.expires_at === null ? "Never" : <Moment at={token.expires_at} now={now} />}</dd>
      <dt>Last used</dt>
      <dd>{token.last_used_at === undefined ? "Not yet" : <Moment at={token.last_used_at} now={now} />}</dd>
      {row.revoked_at !== null && (
        <>
          <dt>Revoked</dt>
          <dd>
            <Moment at={new Date(row.revoked_at).toISOString()} now={now} /> by {row.revoked_by}
          </dd>
        </>
      )}
      <dt>Id</dt>
      <dd>
        <code>{token.id}</code>
      </dd>
    </dl>
  );
}

/** Only what will not be refused. */
function Acts({ token }: { token: TokenView }) {
  return (
    <div class="row">
      {token.status === "active" ? (
        <a class="button" href={`/tokens/${token.id}/revoke`}>
          Revoke…
        </a>
      ) : (
        <a class="button" href={`/tokens/${token.id}/delete`}>
          Delete…
        </a>
      )}
      <a href="/tokens/new">Create another token</a>
    </div>
  );
}
