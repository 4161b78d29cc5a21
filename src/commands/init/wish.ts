/** What is asked of `fly-tokens init`. */
import { secretKeys, settings } from "../../config/settings.ts";
import { locate } from "../../disk/snapshot.ts";
import { mcpClients } from "../../mcp-clients/index.generated.ts";
import type { McpClient, Place } from "../../mcp-clients/mcp-client.ts";
import { absolute } from "../../path.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { redact } from "../../secret.ts";
import type { Invocation } from "../command.ts";

export interface Wish {
  client: McpClient | undefined;
  place: Place;
  /** The working folder as a project. */
  project: Place;
  name: string;
  isNamed: boolean;
  command: "local" | "npx" | undefined;
  dry_run: boolean;
  undo: boolean;
  /** For the server's own command line. */
  flags: readonly string[];
  settings: Readonly<Record<string, string>>;
  secrets: readonly string[];
  /** Variables of settings that are set here and are not written. */
  left_out: readonly string[];
  /** The words that start this program, its symbolic links followed. */
  program: readonly string[];
  /** The last of them, its file: by which an entry of ours is known. */
  main: string;
}

/** @throws Problem `invalid_input` */
export function wishOf({ flags, positionals, seams }: Invocation): Wish {
  const [stranger] = positionals;
  if (stranger !== undefined)
    throw new Problem(
      "invalid_input",
      `init takes no "${stranger.slice(0, 40)}".`,
      `For example: fly-tokens init --client ${idOf(stranger) ?? "cursor"}`,
    );
  const { home, env, platform, cwd } = seams;
  const user: Place = { scope: "user", home, env, platform };
  const project: Place = { ...user, scope: "project", project_dir: cwd };
  const id = text(flags.client);
  const name = text(flags.name) ?? "fly-tokens";
  if (!/^[A-Za-z0-9][\w-]{0,63}$/.test(name))
    throw new Problem(
      "invalid_input",
      "A server's name has letters, digits, - and _ only, and at most 64 of them.",
      "For example: --name fly-tokens",
    );
  if (id === undefined && (flags.undo === true || flags["dry-run"] === true))
    throw new Problem("invalid_input", "Which client?", clientsFix, { allowed: ids });
  const scope = oneOf("scope", text(flags.scope), ["user", "project"] as const) ?? "user";
  const set = Object.fromEntries(
    ours.flatMap((name) => (seams.env[name] ? [[name, seams.env[name] ?? ""]] : [])),
  );
  const settings = flags["with-settings"] === true ? fixed(set, seams) : {};
  const program = seams.program.map((word, index, { length }) =>
    index === length - 1 ? locate(word).real : word,
  );
  return {
    client: id === undefined ? undefined : clientNamed(id),
    place: scope === "project" ? project : user,
    project,
    name,
    isNamed: flags.name !== undefined,
    command: oneOf("command", text(flags.command), ["local", "npx"] as const),
    dry_run: flags["dry-run"] === true,
    undo: flags.undo === true,
    flags: handedOn(flags, seams),
    settings,
    secrets: secrets.filter((name) => seams.env[name]),
    left_out: Object.keys(set).filter((name) => !Object.hasOwn(settings, name)),
    program,
    main: program.at(-1) ?? "",
  };
}

const ids = mcpClients.map(({ id }) => id);
const clientsFix = `--client ${ids.join(" | ")}`;

/** Those of a server that speaks HTTP are none of a client that starts its own. */
const isForClients = ({ env }: { env: string }) => !/^FLY_TOKENS_(HTTP|OAUTH)_/.test(env);
const secrets = secretKeys
  .map((key) => settings[key])
  .filter(isForClients)
  .map(({ env }) => env);
const ours = Object.entries(settings)
  .filter(([, setting]) => isForClients(setting) && !("secret" in setting))
  .map(([, { env }]) => env);

/** The settings that are paths: a client starts the server elsewhere. */
const paths: readonly string[] = ["home", "policy", "fly-config-dir", "env-file"];
const pathVariables: readonly string[] = ["FLY_TOKENS_HOME", "FLY_TOKENS_POLICY", "FLY_CONFIG_DIR"];

function handedOn(flags: Invocation["flags"], seams: Seams): string[] {
  const names = [...Object.keys(settings).map((key) => key.replaceAll("_", "-")), "env-file"];
  return names.flatMap((name) => {
    const value = flags[name];
    if (value === true) return [`--${name}`];
    if (typeof value !== "string") return [];
    return [`--${name}`, paths.includes(name) ? absolute(value, seams) : value];
  });
}

/** @throws Problem `unsafe_location` for a value with a secret in it */
function fixed(values: Readonly<Record<string, string>>, seams: Seams): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (redact(value) !== value)
        throw new Problem(
          "unsafe_location",
          `${name} holds a secret, which must not stand in a client's file.`,
          `Unset ${name}, or leave --with-settings out.`,
        );
      return [name, pathVariables.includes(name) ? absolute(value, seams) : value];
    }),
  );
}

function clientNamed(id: string): McpClient {
  const client = mcpClients.find((one) => one.id === idOf(id));
  if (client) return client;
  throw new Problem("invalid_input", `There is no client "${id.slice(0, 40)}".`, clientsFix, {
    allowed: ids,
  });
}

/** Also by the title, as people write it. */
function idOf(given: string): string | undefined {
  const plain = (word: string) => word.toLowerCase().replace(/[^a-z]/g, "");
  return mcpClients.find(({ id, title }) => [id, title].map(plain).includes(plain(given)))?.id;
}

function text(flag: Invocation["flags"][string]): string | undefined {
  return typeof flag === "string" ? flag : undefined;
}

function oneOf<T extends string>(
  flag: string,
  given: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (given === undefined) return undefined;
  const found = allowed.find((one) => one === given);
  if (found !== undefined) return found;
  throw new Problem(
    "invalid_input",
    `--${flag} cannot be "${given.slice(0, 40)}".`,
    `--${flag} ${allowed.join(" | ")}`,
    {
      allowed,
    },
  );
}
