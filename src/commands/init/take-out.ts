/** `fly-tokens init --undo`: what init wrote is taken back; an entry of ours that somebody else wrote is taken out. */
import type { Disk, JournalRecord } from "../../disk/disk.ts";
import { entriesOf } from "../../mcp-clients/entry.ts";
import type { McpClient, Server } from "../../mcp-clients/mcp-client.ts";
import { removal } from "../../mcp-clients/plan.ts";
import { undoFor } from "../../mcp-clients/undo.ts";
import type { Wish } from "./wish.ts";

export async function takeOut(client: McpClient, wish: Wish, disk: Disk): Promise<string[]> {
  const { place, name, dry_run } = wish;
  const file = client.file(place);
  const manager = `mcp-client/${client.id}`;
  const records = (await disk.journal({ manager })).filter(
    (record) => record.state !== "restored" && isAbout(record, file, client.table, name),
  );
  const outcomes: Awaited<ReturnType<Disk["restore"]>>[] = [];
  // The newest first. What a dry run would leave behind is not there for the next one to be tried on.
  for (const { id } of dry_run ? records.slice(-1) : records)
    outcomes.push(await disk.restore(id, undoFor(client), { dry_run }));
  if (records.length === 0) {
    const server: Pick<Server, "name" | "main"> = { name, main: wish.main };
    const { changes } = await disk.edit({
      purpose: { managers: [manager], scope: place.scope, project_dir: place.project_dir },
      files: [file],
      plan: (texts) => removal(client, server, place, texts),
      dry_run,
    });
    outcomes.push({ changes, skipped: [] });
  }
  const changes = outcomes.flatMap((outcome) => outcome.changes);
  // What an older record does not find any more was not left alone: it is gone.
  const isLeft = Object.hasOwn(entriesOf(client, place, await disk.read([file])), name);
  const left = new Set(isLeft ? outcomes.flatMap(({ skipped }) => skipped) : []);
  return [
    changes.length > 0
      ? `${client.title}: ${name} ${dry_run ? "would be" : "was"} taken out of ${file}.`
      : `${client.title}: nothing had to be taken out of ${file}.`,
    ...changes.map(({ diff }) => diff),
    ...[...left].map((entry) => `Left alone: ${entry}`),
  ];
}

function isAbout({ files }: JournalRecord, file: string, table: string, name: string): boolean {
  return files.some(
    ({ path, entries }) =>
      path === file && entries.some((entry) => entry.path[0] === table && entry.path[1] === name),
  );
}
