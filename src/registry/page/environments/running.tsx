/** What runs in an environment, by image, and how far each is behind. */
import type { RunningView } from "../../environments.ts";
import { Cell, Column, Day, Row, RowHead, Table, Text } from "../parts.tsx";
import { distance, short } from "../shown.ts";

interface Image extends RunningView {
  /** Left out where nothing was pushed by tag. */
  drift: { latest: string; behind: number } | undefined;
}

export function Running({ images, now }: { images: Image[]; now: Date }) {
  const columns = ["Image", "Tag", "Digest", "Since", "Behind"].map((title) => <Column>{title}</Column>);
  return (
    <section aria-labelledby="running">
      <h2 id="running">Running</h2>
      <Table caption="What runs here" columns={columns}>
        {images.map((image) => (
          <ImageRow image={image} now={now} />
        ))}
      </Table>
    </section>
  );
}

function ImageRow({ image, now }: { image: Image; now: Date }) {
  return (
    <Row>
      <RowHead>
        <Text>{image.image}</Text>
      </RowHead>
      <Cell label="Tag">
        <Tag tag={image.tag} />
      </Cell>
      <Cell label="Digest">
        <Digest digest={image.digest} />
      </Cell>
      <Cell label="Since">
        <Day at={image.since} /> <span class="quiet">{distance(image.since, now)}</span>
      </Cell>
      <Cell label="Behind">
        <Behind drift={image.drift} />
      </Cell>
    </Row>
  );
}

function Behind({ drift }: { drift: Image["drift"] }) {
  if (!drift) return <span class="quiet">Unknown: nothing was pushed by tag</span>;
  if (drift.behind === 0) {
    return (
      <span class="pill good">
        <span aria-hidden="true">●</span>Up to date
      </span>
    );
  }
  return (
    <>
      <span class="pill warn">
        <span aria-hidden="true">▲</span>
        {drift.behind} behind
      </span>
      <span class="quiet">
        newest: <Digest digest={drift.latest} />
      </span>
    </>
  );
}

export function Tag({ tag }: { tag: string | undefined }) {
  return tag === undefined ? <span class="quiet">by digest</span> : <Text>{tag}</Text>;
}

export function Digest({ digest }: { digest: string }) {
  return <code title={digest}>{short(digest)}</code>;
}
