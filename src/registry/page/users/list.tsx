/** The list of users. */
import type { Keyholder } from "../../caller.ts";
import type { UserView } from "../../management/user-acts.ts";
import type { View } from "../document.tsx";
import { Cell, Column, Day, Head, Notice, Row, RowHead, Table } from "../parts.tsx";

export const roles = { admin: "Admin", developer: "Developer" } as const;

/** @param by who is looking @param done what has just been done */
export function listPage(users: UserView[], by: Keyholder, done: string | undefined): View {
  const isLastAdmin = ({ role }: UserView) =>
    role === "admin" && users.filter((user) => user.role === "admin").length === 1;
  return {
    title: "Users",
    place: "users",
    body: (
      <>
        {done === "removed" && (
          <Notice kind="done">The user was removed; their key opens nothing any more.</Notice>
        )}
        <Head title="Users">
          <a class="button first" href="/users/new">
            Add a user
          </a>
        </Head>
        <p class="quiet">
          Developers push, pull, create tokens and environments, and manage the tokens that they created.
          Admins manage all tokens, environments and users.
        </p>
        <Table caption="Users" columns={columns()}>
          {users.map((user) => (
            <Row>
              <RowHead>
                {user.name}
                {user.name === by.username && <span class="quiet">you</span>}
              </RowHead>
              <Cell label="Role">{roles[user.role]}</Cell>
              <Cell label="Added">
                <Day at={user.created_at} />
              </Cell>
              <Cell label="Tokens">
                <a href={`/?${new URLSearchParams({ created_by: user.name })}`}>
                  Show<span class="hidden"> the tokens of {user.name}</span>
                </a>
              </Cell>
              <Cell label="Actions" class="acts">
                {isLastAdmin(user) ? (
                  <span class="quiet">The last admin stays</span>
                ) : (
                  <a href={`/users/${encodeURIComponent(user.name)}/remove`}>
                    Remove<span class="hidden"> {user.name}</span>
                  </a>
                )}
              </Cell>
            </Row>
          ))}
        </Table>
      </>
    ),
  };
}

function columns() {
  return [
    ...["Name", "Role", "Added", "Tokens"].map((title) => <Column>{title}</Column>),
    <Column>
      <span class="hidden">Actions</span>
    </Column>,
  ];
}
