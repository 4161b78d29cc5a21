/** Which clients are on this machine, and where the server is set up. */
import type { Disk } from "../../disk/disk.ts";
import { isThere } from "../../disk/snapshot.ts";
import { entriesOf, isOurs, wordsOf } from "../../mcp-clients/entry.ts";
import { mcpClients } from "../../mcp-clients/index.generated.ts";
import type { McpClient, Place } from "../../mcp-clients/mcp-client.ts";
import { Problem, quote } from "../../problem.ts";
import type { Wish } from "./wish.ts";

/** One line for each client, and one below it for each place where it starts this program, or that cannot be read. */
export async function overview({ project, main }: Wish, disk: Disk): Promise<string[]> {
  const user: Place = { ...project, scope: "user" };
  const rows: string[] = [];
  for (const client of mcpClients) {
    const places = [user, project].filter(({ scope }) => client.scopes.includes(scope));
    // In the home folder both are one.
    const files = new Map(places.map((place) => [client.file(place), place]));
    const lines: Line[] = [];
    for (const place of files.values()) lines.push(...(await look(client, place, main, disk)));
    const isHere = client.signs(user).some(isThere) ? "found" : "not found";
    const state = lines.some(({ isSetUp }) => isSetUp) ? "set up" : isHere;
    rows.push(
      `${client.id.padEnd(15)} ${client.title.padEnd(15)} ${state}`,
      ...lines.map(({ text }) => `  ${text}`),
    );
  }
  return [...rows, "", "fly-tokens init --client CLIENT [--scope project] [--dry-run | --undo] sets one up."];
}

interface Line {
  text: string;
  isSetUp: boolean;
}

async function look(client: McpClient, place: Place, main: string, disk: Disk): Promise<Line[]> {
  const file = client.file(place);
  try {
    const entries = entriesOf(client, place, await disk.read([file]));
    return Object.entries(entries)
      .filter(([, entry]) => isOurs(entry, main))
      .map(([name, entry]) => ({
        text: `${quote(name, 64)} in ${file}: ${quote(wordsOf(entry).join(" "), 200)}`,
        isSetUp: true,
      }));
  } catch (error) {
    if (error instanceof Problem) return [{ text: error.message, isSetUp: false }];
    throw error;
  }
}
