/** The table of tokens: an admin's of all, a developer's of those that they made. */
import { listEnvironments } from "../../environments.ts";
import type { RoomDeps } from "../../room.ts";
import { listTokens, type TokenPage, type TokenQuery } from "../../token-list.ts";
import { type TokenView, view } from "../../tokens.ts";
import type { View } from "../document.tsx";
import { Cell, Column, Day, Empty, Head, Notice, Row, RowHead, Table, Text, UserName } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";
import { counted, distance, permissions } from "../shown.ts";
import { Filters } from "./filters.tsx";
import { addressWith, isFiltered, queryIn } from "./query.ts";
import { Status } from "./status.tsx";

export async function listPage({ db, now }: RoomDeps, visitor: Visitor, address: URL): Promise<View> {
  const wanted = queryIn(address);
  const time = now();
  const page = await listTokens(db, visitor.caller, wanted, time);
  const environments = (await listEnvironments(db, time)).map(({ name }) => name);
  const tokens = page.rows.map((row) => view(row, time));
  const isAdmin = visitor.caller.role === "admin";
  const title = isAdmin ? "Tokens" : "Your tokens";
  return {
    title,
    place: "tokens",
    body: (
      <>
        {address.searchParams.get("done") === "deleted" && (
          <Notice kind="done">The token was deleted.</Notice>
        )}
        <Head title={title}>
          <a class="button first" href="/tokens/new">
            Create a token
          </a>
        </Head>
        <Filters wanted={wanted} environments={environments} />
        {tokens.length > 0 ? (
          <Tokens tokens={tokens} wanted={wanted} now={time} />
        ) : (
          <None wanted={wanted} isAdmin={isAdmin} />
        )}
        <Pages page={page} wanted={wanted} />
      </>
    ),
  };
}

function Tokens({ tokens, wanted, now }: { tokens: TokenView[]; wanted: TokenQuery; now: Date }) {
  const columns = [
    <Sorted title="Name" by="name" wanted={wanted} />,
    <Column>Username</Column>,
    <Column>Permission</Column>,
    <Column>Created By</Column>,
    <Sorted title="Created" by="created_at" wanted={wanted} />,
    <Sorted title="Expires" by="expires_at" wanted={wanted} />,
    <Column>Status</Column>,
    <Column>
      <span class="hidden">Actions</span>
    </Column>,
  ];
  return (
    <Table caption="Tokens" columns={columns}>
      {tokens.map((token) => (
        <TokenRow token={token} now={now} />
      ))}
    </Table>
  );
}

function TokenRow({ token, now }: { token: TokenView; now: Date }) {
  const act = token.status === "active" ? "revoke" : "delete";
  return (
    <Row>
      <RowHead>
        <a href={`/tokens/${token.id}`}>
          <Text>{token.name}</Text>
        </a>
        {token.environment !== undefined && <span class="quiet">for {token.environment}</span>}
      </RowHead>
      <Cell label="Username">
        <UserName>{token.username}</UserName>
      </Cell>
      <Cell label="Permission">{permissions[token.permission]}</Cell>
      <Cell label="Created By">
        <UserName>{token.created_by}</UserName>
      </Cell>
      <Cell label="Created">
        <Day at={token.created_at} />
      </Cell>
      <Cell label="Expires">
        {token.expires_at === null ? (
          "Never"
        ) : (
          <>
            <Day at={token.expires_at} />{" "}
            {token.status === "active" && <span class="quiet">{distance(token.expires_at, now)}</span>}
          </>
        )}
      </Cell>
      <Cell label="Status">
        <Status of={token.status} />
      </Cell>
      <Cell label="Actions" class="acts">
        <a href={`/tokens/${token.id}/${act}`}>
          {act === "revoke" ? "Revoke" : "Delete"}
          <span class="hidden">
            {" "}
            <Text>{token.name}</Text>
          </span>
        </a>
      </Cell>
    </Row>
  );
}

/** The head of a column that the list can be ordered by; following it turns the order around. */
function Sorted(props: { title: string; by: "name" | "created_at" | "expires_at"; wanted: TokenQuery }) {
  const { title, by, wanted } = props;
  const sort = wanted.sort === by ? "ascending" : wanted.sort === `-${by}` ? "descending" : undefined;
  const next = sort === "ascending" || (sort === undefined && by === "created_at") ? (`-${by}` as const) : by;
  return (
    <Column sort={sort}>
      <a href={addressWith(wanted, { sort: next })}>
        {title}
        <span aria-hidden="true">{sort === "ascending" ? " ↑" : sort === "descending" ? " ↓" : ""}</span>
      </a>
    </Column>
  );
}

function None({ wanted, isAdmin }: { wanted: TokenQuery; isAdmin: boolean }) {
  if (wanted.cursor !== undefined || isFiltered(wanted)) {
    return (
      <Empty title="No token fits">
        <p>Look for less, or for something else.</p>
        <a class="button" href="/">
          Show all
        </a>
      </Empty>
    );
  }
  return (
    <Empty title={isAdmin ? "There is no token yet" : "You have no token yet"}>
      <p>
        A token lets a program, a CI job or a machine download packages, or publish them, as you. Create one
        for each of them, so that each can be revoked alone.
      </p>
      <a class="button first" href="/tokens/new">
        Create the first token
      </a>
    </Empty>
  );
}

function Pages({ page, wanted }: { page: TokenPage; wanted: TokenQuery }) {
  const { rows, total, next_cursor } = page;
  const isFirst = wanted.cursor === undefined;
  if (rows.length === 0) return null;
  return (
    <nav class="pages" aria-label="Pages">
      <span>
        {counted(rows.length, "token")} on this page
        {total !== undefined ? `, ${total} in all` : isFirst && ", more than 1,000 in all"}. Days are in UTC.
      </span>
      <span class="row">
        {!isFirst && <a href={addressWith(wanted, {})}>First page</a>}
        {next_cursor !== undefined && (
          <a href={addressWith(wanted, { cursor: next_cursor })} rel="next">
            Next page
          </a>
        )}
      </span>
    </nav>
  );
}
