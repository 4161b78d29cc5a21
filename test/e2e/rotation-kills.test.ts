/**
 * A rotation is killed (SIGKILL) at a moment at which it does something to the world, and then asked for again: there is
 * one active token then, and every place works with it, by the real npm, pip and docker. test/rotation/kills.test.ts goes
 * through every such moment in one process; here it is every 20th, or with KILL_EVERY=1 each of them.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWith } from "./clients.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";

const preload = join(import.meta.dirname, "kill-at.mjs");
const every = Number(process.env.KILL_EVERY ?? 20);
const lanes = [1, 1 + every];

interface Listed {
  id: string;
  status: string;
}

async function call<Data>(machine: Machine, tool: string, args: object): Promise<Data> {
  const { code, stdout, stderr } = await machine.flyTokens(["call", tool, "--json", JSON.stringify(args)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Data;
}

/** A home in which npm, pip, docker, a file and a .env have one token. */
async function open() {
  const machine = await openMachine({ FLY_TOKENS_CONFIRM: "never" });
  await machine.registry();
  await machine.write(".npmrc", "; mine\nfund=false\n");
  await machine.write("app/.env", "# mine\nPORT=80\n");
  const { token } = await call<{ token: Listed }>(machine, "generate_token", {
    name: "everywhere",
    permission: "read_write",
    deliver_to: "file",
    deliver_path: "the-token",
  });
  for (const manager of ["npm,pip", "docker"])
    await call(machine, "configure_package_manager", { manager, token_from: "file:the-token" });
  return { machine, id: token.id };
}

/** The value that each place has. */
async function valuesOf(machine: Machine): Promise<string[]> {
  const [npmrc, netrc, docker, file] = await Promise.all(
    [".npmrc", ".netrc", ".docker/config.json", "the-token"].map(async (name) =>
      String(await machine.read(name)),
    ),
  );
  const { auths } = JSON.parse(docker ?? "") as { auths: Record<string, { auth: string }> };
  const auth = Buffer.from(auths[machine.host]?.auth ?? "", "base64").toString();
  return [npmrc, netrc, auth, file].flatMap((text) => text?.match(/flyt_\w+/g) ?? ["none"]);
}

async function clientsWork(machine: Machine): Promise<void> {
  expect(await machine.run("npm", "whoami")).toMatchObject({ code: 0, stdout: "admin\n" });
  // Without an engine `docker login` cannot use what it has; this can.
  const image = `${machine.host}/docker/nothing:1`;
  expect((await machine.run("docker", ["manifest", "inspect", "--insecure", image])).stderr).toMatch(
    /no such manifest/,
  );
  const pip = ["index", "versions", "nothing-of-this-name", "-v"];
  expect((await machine.run("pip", pip)).stderr).not.toMatch(/401|Unauthorized/);
}

describeWith(["npm", "pip", "docker"], "a rotation that is killed", () => {
  test("at any moment is carried on by the next one", { timeout: 1_800_000 }, async () => {
    const counts = await Promise.all(lanes.map(lane));
    // Else it was not the rotation that was killed.
    expect(Math.min(...counts)).toBeGreaterThan(100 / every);
  });
});

/** Returns how many kills there were. */
async function lane(first: number): Promise<number> {
  const { machine, id } = await open();
  await using _ = machine;
  let current = id;
  let kills = 0;
  for (let at = first; ; at += lanes.length * every) {
    const rotating = machine.start(
      process.execPath,
      ["--import", preload, bundle, "call", "rotate_token", "--json", JSON.stringify({ id: current })],
      { KILL_AT: String(at) },
    );
    const ended = await rotating.ended;
    if (ended !== "SIGKILL") {
      expect(ended, rotating.stderr()).toBe(0);
      await clientsWork(machine);
      return kills;
    }
    kills += 1;
    const again = await machine.flyTokens([
      "call",
      "rotate_token",
      "--json",
      JSON.stringify({ id: current }),
    ]);
    // Killed when all was done: then there is nothing to carry on.
    if (again.code !== 0) expect(again.stderr).toMatch(/has been rotated; its successor is/);
    const { tokens } = await call<{ tokens: Listed[] }>(machine, "list_tokens", { status: "active" });
    expect(tokens, `killed at ${at}`).toHaveLength(1);
    expect(tokens[0]?.id, `killed at ${at}`).not.toBe(current);
    current = tokens[0]?.id ?? "";
    const values = await valuesOf(machine);
    expect(values, `killed at ${at}`).toEqual(values.map(() => values[0]));
    await clientsWork(machine);
  }
}
