/** Setting up npm: one call of the tool on a running server, over stdio, against two `npm config set`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../src/run.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";
import { type McpServer, startServer } from "./stdio.ts";

const program = resolve(import.meta.dirname, "../dist/main.js");
/** Calls before each one that counts: while npm had its turn, the server has cooled down. */
const warmUp = 2;

export async function benchConfigure(): Promise<Row[]> {
  const home = await mkdtemp(join(tmpdir(), "fly-tokens-bench-"));
  const server = await startServer(program, {
    HOME: home,
    FLY_TOKENS_HOME: join(home, "ours"),
    FLY_TOKENS_LOCAL_URL: "http://127.0.0.1:7419",
  });
  const fresh = (verify: boolean) => async () => {
    for (let n = 0; n < warmUp; n++) await setUp(server, home, verify);
    return setUp(server, home, verify);
  };
  const again = (verify: boolean) => async () => {
    for (let n = 0; n < warmUp; n++) await configure(server, verify);
    return timed(() => configure(server, verify));
  };
  const acts = [() => byNpm(home), fresh(false), fresh(true), again(false), again(true)];
  const [npm = Number.NaN, ...ours] = await inTurns(9, acts);
  await server.child.end();
  await rm(home, { recursive: true });
  const names = [
    ["npm set up in a fresh home, times faster than two `npm config set`", 20],
    ["the same, verified with a real request", 10],
    ["the same in a home that is set up, where nothing is minted", 20],
    ["the same, verified with a real request", 20],
  ] as const;
  return names.map(([what, limit], index) => {
    const time = ours[index] ?? Number.NaN;
    return row(what, ms(time), ms(npm), npm / time, ">=", limit);
  });
}

/** Milliseconds of a set-up where there was none. */
async function setUp(server: McpServer, home: string, verify: boolean): Promise<number> {
  await rm(join(home, ".npmrc"), { force: true });
  return timed(() => configure(server, verify));
}

/** @throws when it fails, or has not verified what it was to verify */
async function configure({ call }: McpServer, verify: boolean): Promise<void> {
  const args = { manager: "npm", verify };
  const { result } = await call("tools/call", { name: "configure_package_manager", arguments: args });
  const verified = result?.structuredContent?.verified as { ok: boolean } | undefined;
  if (result?.isError || verified?.ok !== (verify || undefined)) throw new Error(JSON.stringify(result));
}

/** Milliseconds of what a person would type instead, with a token that they already have. */
function byNpm(home: string): Promise<number> {
  const folder = join(home, "npm");
  const env = { PATH: process.env.PATH, HOME: folder, npm_config_update_notifier: "false" };
  const set = (key: string, value: string) => run("npm", ["config", "set", key, value], { env, cwd: home });
  return timed(async () => {
    await set("registry", "https://registry.example/npm/");
    await set("//registry.example/npm/:_authToken", "not-a-secret");
  });
}
