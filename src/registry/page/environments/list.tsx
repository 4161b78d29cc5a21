/** The list of environments. */
import type { EnvironmentView } from "../../environments.ts";
import type { View } from "../document.tsx";
import { Cell, Column, Day, Empty, Head, Notice, Row, RowHead, Table, Text, UserName } from "../parts.tsx";

/** @param done what has just been done */
export function listPage(environments: EnvironmentView[], done: string | undefined): View {
  const columns = ["Name", "Description", "Active tokens", "Created By", "Created"].map((title) => (
    <Column>{title}</Column>
  ));
  return {
    title: "Environments",
    place: "environments",
    body: (
      <>
        {done === "deleted" && <Notice kind="done">The environment was deleted.</Notice>}
        <Head title="Environments">
          <a class="button first" href="/environments/new">
            Create an environment
          </a>
        </Head>
        {environments.length > 0 ? (
          <Table caption="Environments" columns={columns}>
            {environments.map((environment) => (
              <EnvironmentRow environment={environment} />
            ))}
          </Table>
        ) : (
          <Empty title="There is no environment yet">
            <p>
              An environment is a place where images run: staging, production. Pulls with its tokens show what
              runs there, since when, and whether it is behind what was pushed.
            </p>
            <a class="button first" href="/environments/new">
              Create the first environment
            </a>
          </Empty>
        )}
      </>
    ),
  };
}

function EnvironmentRow({ environment }: { environment: EnvironmentView }) {
  const { name, description, tokens, created_by, created_at } = environment;
  return (
    <Row>
      <RowHead>
        <a href={`/environments/${name}`}>{name}</a>
      </RowHead>
      <Cell label="Description">
        {description === "" ? <span class="quiet">None</span> : <Text>{description}</Text>}
      </Cell>
      <Cell label="Active tokens">{tokens}</Cell>
      <Cell label="Created By">
        <UserName>{created_by}</UserName>
      </Cell>
      <Cell label="Created">
        <Day at={created_at} />
      </Cell>
    </Row>
  );
}
