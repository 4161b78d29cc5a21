/** What was pulled in an environment, newest first. */
import type { DeploymentView } from "../../environments.ts";
import { Cell, Column, Row, RowHead, Table, Text } from "../parts.tsx";
import { minute } from "../shown.ts";
import { Digest, Tag } from "./running.tsx";

interface Props {
  name: string;
  deployments: DeploymentView[];
  next_cursor?: string;
  isFirst: boolean;
}

export function History({ name, deployments, next_cursor, isFirst }: Props) {
  const columns = ["When", "Image", "Tag", "Digest", "Token"].map((title) => <Column>{title}</Column>);
  return (
    <section aria-labelledby="history">
      <h2 id="history">Deployment history</h2>
      <Table caption="Deployment history, newest first" columns={columns}>
        {deployments.map((deployment) => (
          <DeploymentRow deployment={deployment} />
        ))}
      </Table>
      {(!isFirst || next_cursor !== undefined) && (
        <nav class="pages" aria-label="Pages of the history">
          <span class="row">
            {!isFirst && <a href={`/environments/${name}`}>Newest</a>}
            {next_cursor !== undefined && (
              <a href={`/environments/${name}?${new URLSearchParams({ cursor: next_cursor })}`} rel="next">
                Older
              </a>
            )}
          </span>
        </nav>
      )}
    </section>
  );
}

function DeploymentRow({ deployment }: { deployment: DeploymentView }) {
  return (
    <Row>
      <RowHead>
        <time datetime={deployment.at} class="nowrap">
          {minute(deployment.at)}
        </time>
      </RowHead>
      <Cell label="Image">
        <Text>{deployment.image}</Text>
      </Cell>
      <Cell label="Tag">
        <Tag tag={deployment.tag} />
      </Cell>
      <Cell label="Digest">
        <Digest digest={deployment.digest} />
      </Cell>
      <Cell label="Token">
        <code>{deployment.token_id}</code>
      </Cell>
    </Row>
  );
}
