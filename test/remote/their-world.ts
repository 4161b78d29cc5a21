/** Two sides of one server: its operator's machine, full of things that are nobody else's business, and a caller elsewhere. */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { treeOf } from "../support/home.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

/** Words that stand in the operator's files and variables, and must never be said. */
const canaries = {
  file: "canary-in-a-file-of-the-operator",
  variable: "canary-in-a-variable-of-the-operator",
};

/** The operator's own files, by what a caller might ask for. */
export const files: Record<string, string> = {
  ".npmrc": `registry=https://npm.example/\n//npm.example/:_authToken=${canaries.file}\n`,
  ".netrc": `machine a.example login bob password ${canaries.file}\n`,
  ".docker/config.json": `{ "credsStore": "canary", "auths": { "a.example": {} } }\n`,
  ".config/pip/pip.conf": `[global]\nindex-url = https://bob:${canaries.file}@pypi.example/simple\n`,
  "a-token": `${canaries.file}\n`,
  "project/package.json": "{}\n",
  "project/requirements.txt": `${canaries.file}\n`,
};

export interface TheirWorld extends AsyncDisposable {
  /** The server as its operator has it, over stdio. */
  here: World;
  /** The same for callers on other machines. */
  there: World;
  /** Programs that calls from elsewhere have started. */
  started: string[][];
  /** Everything of the operator's, but our own records. */
  theirs(): Promise<Record<string, string>>;
  tokens(): Promise<{ id: string; status: string }[]>;
}

const longAgo = new Date("2001-01-01T00:00:00Z");

export async function openTheirWorld(options: WorldOptions = {}): Promise<TheirWorld> {
  const env = { CANARY_TOKEN: canaries.variable, NPM_TOKEN: canaries.variable, ...options.env };
  const here = await openWorld({ ...options, env });
  const started: string[][] = [];
  const there = await openWorld({
    ...options,
    env,
    beside: here,
    remote: true,
    async run(command, args) {
      started.push([command, ...args]);
      return { code: 1, stdout: "", stderr: "" };
    },
  });
  for (const [name, text] of Object.entries(files)) {
    const path = join(here.home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o600 });
    await utimes(path, longAgo, new Date(longAgo.getTime() + 1000));
  }
  return {
    here,
    there,
    started,
    async theirs() {
      const entries = Object.entries(await treeOf(here.home));
      return Object.fromEntries(entries.filter(([name]) => name !== "ours" && !name.startsWith("ours/")));
    },
    async tokens() {
      const { tokens } = (await (await here.registry.call("GET", "/tokens?limit=200")).json()) as {
        tokens: { id: string; status: string }[];
      };
      return tokens.map(({ id, status }) => ({ id, status }));
    },
    async [Symbol.asyncDispose]() {
      await there[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

/** What of the operator's machine stands in texts. */
export function betrayedIn(texts: readonly string[], { here }: Pick<TheirWorld, "here">): string[] {
  const { PATH: _, ...env } = here.context.env;
  const words = [
    ...Object.values(canaries),
    here.home,
    "test-machine",
    process.execPath,
    ...Object.values(env).filter((value) => value !== here.registry.url),
  ].filter((word): word is string => word !== undefined);
  return [...new Set(words)].filter((word) => texts.some((text) => text.includes(word)));
}
