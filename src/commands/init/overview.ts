/** Which clients are on this machine, and where the server is set up. */
import type { Disk } from "../../disk/disk.ts";
import { isThere } from "../../disk/snapshot.ts";
import { entriesOf, isOurs, wordsOf } from "../../mcp-clients/entry.ts";
import { mcpClients } from "../../mcp-clients/index.generated.ts";
import type { McpClient, Place } from "../../mcp-clients/mcp-client.ts";
import { Problem, quote } from "../../problem.ts";
import type { Wish } from "./wish.ts";

/** One line for each client, and one below it for each place where it starts this program. */
export async function overview({ place, project, program }: Wish, disk: Disk): Promise<string[]> {
  const places = [{ ...project, scope: "user" as const, project_dir: undefined }, project];
  const rows: string[] = [];
  for (const client of mcpClients) {
    const found: string[] = [];
    for (const one of places)
      if (client.scopes.includes(one.scope))
        found.push(...(await setUps(client, one, program.at(-1) ?? "", disk)));
    const state = client.signs(place).some(isThere) ? "found" : "not found";
    rows.push(
      `${client.id.padEnd(15)} ${client.title.padEnd(15)} ${found.length > 0 ? "set up" : state}`,
      ...found,
    );
  }
  return [...rows, "", "fly-tokens init --client CLIENT [--scope project] [--dry-run | --undo] sets one up."];
}

async function setUps(client: McpClient, place: Place, main: string, disk: Disk): Promise<string[]> {
  const file = client.file(place);
  try {
    const entries = entriesOf(client, place, await disk.read([file]));
    return Object.entries(entries)
      .filter(([, entry]) => isOurs(entry, main))
      .map(([name, entry]) => `  ${name} in ${file}: ${quote(wordsOf(entry).join(" "), 200)}`);
  } catch (error) {
    if (error instanceof Problem) return [`  ${error.message}`];
    throw error;
  }
}
