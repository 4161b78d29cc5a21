/** Setting up npm through a warm server, against two `npm config set`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/run.ts";
import { openWorld } from "../test/support/world.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";

export async function benchConfigure(): Promise<Row[]> {
  await using world = await openWorld();
  const { call } = await world.connect({ era: "legacy" });
  const home = mkdtempSync(join(tmpdir(), "fly-tokens-npm-"));
  const env = { PATH: process.env.PATH, HOME: home, npm_config_update_notifier: "false" };
  const once = async (verify: boolean) => {
    rmSync(join(world.home, ".npmrc"), { force: true });
    return timed(async () => {
      const { isError, text } = await call("configure_package_manager", { manager: "npm", verify });
      if (isError) throw new Error(text);
    });
  };
  // A server that is warm: the other side's turn has left the processor and its caches cold.
  const setUp = (verify: boolean) => async () => {
    await once(verify);
    await once(verify);
    return once(verify);
  };
  const npm = () =>
    timed(async () => {
      await run("npm", ["config", "set", "registry", "https://registry.example/npm/"], { env, cwd: home });
      await run("npm", ["config", "set", "//registry.example/npm/:_authToken", "not-a-secret"], {
        env,
        cwd: home,
      });
    });
  const [verified = Number.NaN, plain = Number.NaN, theirs = Number.NaN] = await inTurns(7, [
    setUp(true),
    setUp(false),
    npm,
  ]);
  rmSync(home, { recursive: true });
  return [
    row(
      "npm set up (mint, write, fsync), times faster than two `npm config set`",
      ms(plain),
      ms(theirs),
      theirs / plain,
      ">=",
      20,
    ),
    row("the same, verified with a real request", ms(verified), ms(theirs), theirs / verified, ">=", 10),
  ];
}
