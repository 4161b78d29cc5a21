import { openDisk } from "../disk/index.ts";
import { isThere } from "../disk/snapshot.ts";
import { mcpClients } from "../mcp-clients/index.generated.ts";
import { launch } from "../mcp-clients/launch.ts";
import type { McpClient, Place, Server } from "../mcp-clients/mcp-client.ts";
import { plan } from "../mcp-clients/plan.ts";
import { redact } from "../secret.ts";
import { version } from "../version.ts";
import type { Command, Invocation } from "./command.ts";
import { overview } from "./init/overview.ts";
import { takeOut } from "./init/take-out.ts";
import { type Wish, wishOf } from "./init/wish.ts";

/** The client's own file, by the disk and the formats that package managers have. A person runs it: nobody is asked. */
export const command: Command = {
  about: "Set up an MCP client to start this server",
  flags: {
    client: { type: "string", values: mcpClients.map(({ id }) => id) },
    scope: { type: "string", values: ["user", "project"] },
    name: { type: "string" },
    command: { type: "string", values: ["local", "npx"] },
    "with-settings": { type: "boolean" },
    "dry-run": { type: "boolean" },
    undo: { type: "boolean" },
  },
  async run(invocation) {
    const { config, seams } = invocation;
    const wish = wishOf(invocation);
    const disk = openDisk({ state: config.folders.state, run: seams.run, now: seams.now });
    const lines =
      wish.client === undefined
        ? await overview(wish, disk)
        : wish.undo
          ? await takeOut(wish.client, wish, disk)
          : await setUp(wish.client, wish, invocation, disk);
    process.stdout.write(redact(`${lines.join("\n")}\n`));
    return 0;
  },
};

async function setUp(
  client: McpClient,
  wish: Wish,
  { seams }: Invocation,
  disk: ReturnType<typeof openDisk>,
): Promise<string[]> {
  const { place, name, dry_run } = wish;
  const program = { words: wish.program, version, platform: seams.platform };
  const { command, args, notes } = launch(program, client, wish.command);
  const server: Server = {
    name,
    command,
    args: [...args, ...wish.flags],
    settings: wish.settings,
    secrets: wish.secrets,
    main: wish.main,
  };
  const file = client.file(place);
  const isHere = client.signs(place).some(isThere);
  const { changes, warnings } = await disk.edit({
    purpose: { managers: [`mcp-client/${client.id}`], scope: place.scope, project_dir: place.project_dir },
    files: [file],
    plan: (texts) => plan(client, server, place, texts),
    dry_run,
  });
  const done = dry_run ? "would be set up" : "is set up";
  return [
    changes.length > 0
      ? `${client.title}: ${name} ${done} in ${file}.`
      : `${client.title}: ${name} is set up in ${file} already; nothing was changed.`,
    ...changes.map(({ diff }) => diff),
    ...[...warnings, ...notes, ...notesOn(client, wish, place, isHere)].map((note) => `Note: ${note}`),
    ...(changes.length > 0 && !dry_run ? [client.next, `To undo: ${undoing(client, wish)}`] : []),
  ];
}

function notesOn({ title, secrets }: McpClient, wish: Wish, place: Place, isHere: boolean): string[] {
  const names = wish.secrets.join(", ");
  const isShared = place.scope === "project" && wish.command !== "npx";
  return [
    isHere ? "" : `${title} was not found on this machine.`,
    names && secrets.by === "none" && !wish.flags.includes("--env-file")
      ? `${names}: ${secrets.instead}`
      : "",
    names && secrets.by !== "none" && secrets.by !== "prompt"
      ? `The entry names ${names}; ${title} takes the values from its own environment.`
      : "",
    names && secrets.by === "prompt" ? `${title} asks for ${names} when it starts the server.` : "",
    wish.left_out.length > 0
      ? `Set here, but not written: ${wish.left_out.join(", ")}. --with-settings writes them.`
      : "",
    isShared ? "The file is the project's: a path of this machine in it is of no use to others." : "",
  ].filter(Boolean);
}

function undoing({ id }: McpClient, { place, name, isNamed }: Wish): string {
  const scope = place.scope === "project" ? " --scope project" : "";
  return `fly-tokens init --client ${id}${scope}${isNamed ? ` --name ${name}` : ""} --undo`;
}
