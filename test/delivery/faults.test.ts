/** Deliveries to files where the system does not play along: no room, no right to write, somebody else at work. */
import { execFileSync } from "node:child_process";
import { chmod, chown } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Means } from "../../src/delivery/delivery.ts";
import { envFile } from "../../src/delivery/env-file.ts";
import { file } from "../../src/delivery/file.ts";
import { withLocks } from "../../src/disk/lock.ts";
import { Secret } from "../../src/secret.ts";
import { bundleWorker } from "../disk/processes.ts";
import { diskSetting } from "../disk/setting.ts";
import { type TempHome, tempHome } from "../support/home.ts";
import type { Delivering } from "./worker.ts";

let home: TempHome;
let program: string;
beforeAll(async () => {
  home = await tempHome();
  program = await bundleWorker(home.path, join(import.meta.dirname, "worker.ts"));
  await chmod(home.path, 0o755);
  await chmod(program, 0o644);
});
afterAll(() => home[Symbol.asyncDispose]());

/** @param limits for the shell that starts the process @param user whose process it is */
function deliver(work: Omit<Delivering, "state">, limits = "", user?: number): string {
  const script = `${limits}\nexec "$0" "$@"`;
  const args = [process.execPath, program, JSON.stringify({ state: home.at("state"), ...work })];
  const options = { encoding: "utf8" as const, ...(user !== undefined && { uid: user, gid: user }) };
  return execFileSync("sh", ["-c", script, ...args], options);
}

/** In half kilobytes, which is what a shell of POSIX counts in: locks and records have room, the value has not. */
const noRoom = "ulimit -f 8";

describe.each(["file", "env_file"] as const)("%s", (id) => {
  const path = () => home.at(`full-${id}/token`);

  it("leaves nothing where there is no room, neither the file nor a part of it", async () => {
    expect(deliver({ id, path: path(), length: 8_000 }, noRoom)).toMatch(/^file_unwritable: /);
    expect(await home.tree()).not.toHaveProperty([`full-${id}`]);
    expect(JSON.stringify(await home.tree())).not.toContain("v".repeat(100));
    expect(deliver({ id, path: path(), length: 50 }, noRoom)).toBe("done");
  });

  it("keeps the file that is there where there is no room for the new one", async () => {
    if (id === "file") return;
    await home.write("room/.env", `A='${"a".repeat(3_000)}'\n`);
    const before = await home.read("room/.env");
    expect(deliver({ id, path: home.at("room/.env"), length: 2_000 }, noRoom)).toMatch(/^file_unwritable: /);
    expect(await home.read("room/.env")).toBe(before);
  });

  it("is refused by its check in a folder that may not be written", async () => {
    const root = process.getuid?.() === 0;
    const nobody = root ? 65_534 : undefined;
    await home.write(`closed-${id}/other`, "");
    await home.write(`state-${id}/x`, "");
    if (nobody !== undefined) await chown(home.at(`state-${id}`), nobody, nobody);
    await chmod(home.at(`closed-${id}`), 0o555);
    const work = { id, path: home.at(`closed-${id}/token`), length: 20, state: home.at(`state-${id}`) };
    for (const check of [true, false])
      expect(deliver({ ...work, check }, "", nobody)).toMatch(/^file_unwritable: .*permission denied/);
    await chmod(home.at(`closed-${id}`), 0o755);
  });

  it("does not wait for ever for somebody else who is at work there", async () => {
    await using s = await diskSetting({ lock_wait: 20 });
    const means = { disk: s.disk } as unknown as Means;
    const delivery = id === "file" ? file : envFile;
    const destination = { path: s.home.at("token") };
    const login = { username: "x", secret: new Secret("flyt_0123456789abcdefghij") };
    const locks = join(s.state.at("fly-tokens"), "locks");
    await withLocks(locks, [destination.path], 1000, async () => {
      const busy = expect.objectContaining({ code: "file_locked" });
      await expect(delivery.check(destination, means)).rejects.toEqual(busy);
      await expect(delivery.deliver(login, destination, means)).rejects.toEqual(busy);
    });
    expect(await s.home.tree()).toEqual({});
    await delivery.deliver(login, destination, means);
    expect((await delivery.read?.(destination, means))?.reveal()).toBe(login.secret.reveal());
  });
});
