/** What a process has left that was killed, or that could not go on; what became of it meanwhile; and two at once. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Context, createContext } from "../../src/context.ts";
import type { RotationRequest } from "../../src/rotation/begin.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import { startFakeGithub } from "../fakes/github/fake.ts";
import { expectRefusal } from "../support/answers.ts";
import { openSetting, type Setting } from "./setting.ts";

let here: Setting;
/** Where a process dies: this request is never sent, and nothing happens after it. */
let dies: ((request: string) => boolean) | undefined;
let isDead = () => {};
const forever = new Promise<never>(() => {});
let onMinted = () => {};
beforeEach(async () => {
  dies = undefined;
  onMinted = () => {};
  here = await openSetting({
    minted: async () => onMinted(),
    fetch: (real) => async (input, init) => {
      const request = typeof input === "object" && "url" in input ? input.url : String(input);
      if (!dies?.(request)) return real(input, init);
      isDead();
      return forever;
    },
  });
});

const another = (): Context => {
  const { config, ...seams } = here.context;
  return createContext(config, seams);
};
/** A rotation whose process dies, by default when the successor stands in the first place. @returns the successor's id */
async function killed(
  id: string,
  args: Partial<RotationRequest> = {},
  when = (request: string) => request.endsWith("/introspect"),
  context = another(),
): Promise<string> {
  const dead = new Promise<void>((resolve) => {
    isDead = resolve;
  });
  dies = when;
  await Promise.race([dead, rotate(id, { destination: {}, ...args }, context)]);
  dies = undefined;
  await rm(here.at("ours/state/rotations/locks"), { recursive: true, force: true });
  const records = (await here.records()).map(({ record }) => record);
  const one = records.find(({ old }) => (old as { id: string }).id === id);
  expect(one?.phase).toBe("minted");
  return String(one?.new_id);
}

describe("an interrupted rotation", () => {
  it("holds both values until it is over, and no longer", async () => {
    const id = await here.toFile();
    await killed(id);
    const [kept] = await here.records();
    expect(JSON.stringify(kept)).toContain(here.values[0]);
    expect(JSON.stringify(kept)).toContain(here.values[1]);
    const { warnings, new: successor } = await here.rotate({ id });
    expect(warnings?.join()).toMatch(/begun at 2026-03-01T10:00:00.000Z and interrupted/);
    expect(await here.keptValues()).toEqual([]);
    expect(await here.active()).toEqual([successor?.id]);
    here.expectUnseen();
  });

  it.each(["revoked", "deleted"])(
    "whose successor was %s meanwhile is taken back; the next one succeeds",
    async (how) => {
      const id = await here.toFile();
      const before = await here.tree();
      const successor = await killed(id);
      expect(await here.tree()).not.toEqual(before);
      await here.call("revoke_token", { ids: [successor] });
      if (how === "deleted") await here.call("delete_token", { id: successor });
      const result = await here.call("rotate_token", { id });
      expectRefusal(
        result,
        "conflict",
        /which an interrupted rotation had made, is (revoked|gone)\. Everything was put back/,
      );
      expect(await here.tree()).toEqual(before);
      expect(await here.keptValues()).toEqual([]);
      const { new: next } = await here.rotate({ id });
      expect(await here.active()).toEqual([next?.id]);
    },
  );

  it("whose successor was revoked meanwhile does not end the old one where nobody can look", async () => {
    await using fake = await startFakeGithub();
    here = await openSetting({ env: { GITHUB_API_URL: fake.url, FLY_TOKENS_GITHUB_TOKEN: fake.token } });
    const id = await here.toFile("unused", {
      deliver_to: "github_actions",
      deliver_path: undefined,
      deliver_in: "acme/web",
    });
    fake.faults.put = "cut after";
    const { error } = await here.call("rotate_token", { id });
    delete fake.faults.put;
    const successor = /and (tok_\w+)\./.exec(error.message ?? "")?.[1] ?? "";
    await here.call("revoke_token", { ids: [successor] });
    expectRefusal(
      await here.call("rotate_token", { id }),
      "conflict",
      /is revoked\. .* could NOT be put back/,
    );
    expect(await here.active()).toEqual([id]);
  });

  it.each(["revoked", "deleted"])("whose old one was %s meanwhile is carried on", async (how) => {
    const id = await here.toFile();
    await killed(id);
    await here.call("revoke_token", { ids: [id] });
    if (how === "deleted") await here.call("delete_token", { id });
    const { old, new: successor } = await here.rotate({ id });
    expect(old).toMatchObject({ id, status: "revoked" });
    expect(await here.active()).toEqual([successor?.id]);
    expect(await here.read("the-token")).toBe(`${here.values[1]}\n`);
    expect(await here.keptValues()).toEqual([]);
  });

  it("that fails when it is carried on is taken back in every place that it had reached", async () => {
    const id = await here.toFile("one");
    await here.rotate({ id, deliver_to: "file", deliver_path: "two" });
    const current = (await here.active())[0] ?? "";
    const before = await here.tree();
    let asked = 0;
    await killed(current, {}, (request) => request.endsWith("/introspect") && ++asked === 2);
    expect((await here.read("two"))?.trim()).toBe(here.values.at(-1));
    here.world.cut = (request) => request.endsWith("/introspect");
    const result = await here.call("rotate_token", { id: current });
    here.world.cut = undefined;
    expect(result.text).toMatch(/Everything was put back, the new token was revoked/);
    expect(await here.tree()).toEqual(before);
    expect(await here.active()).toEqual([current]);
  });

  it("that was to show the value is carried on for nobody who did not ask for it", async () => {
    const id = await here.toFile();
    await killed(id, { deliver_to: "inline" });
    expectRefusal(
      await here.call("rotate_token", { id }),
      "conflict",
      /was to show somebody its value \(inline\)/,
    );
    expect(await here.due()).toMatchObject([{ id, what: "skipped" }]);
    const { credential } = await here.rotate({ id, deliver_to: "inline" });
    expect(credential?.token).toBe(here.values[1]);
  });

  it("is the rotation of whoever carries it on, also when they ask again", async () => {
    const id = await here.toFile();
    await killed(id, { idempotency_key: "theirs" });
    const { new: successor } = await here.rotate({ id, idempotency_key: "mine" });
    expect((await here.rotate({ id, idempotency_key: "mine" })).new?.id).toBe(successor?.id);
    expect(await here.tokens()).toHaveLength(2);
  });

  it("that had just written to a new place knows it for the next one", async () => {
    const id = await here.toFile("one");
    const context = another();
    const note = context.ledger.deliveredTo.bind(context.ledger);
    // It dies when the file is there, and before that is noted.
    context.ledger.deliveredTo = async (provider, of, place) => {
      if (place.destination.path !== here.at("two")) return note(provider, of, place);
      isDead();
      return forever;
    };
    const destination = { path: here.at("two") };
    await killed(id, { deliver_to: "file", destination }, () => false, context);
    expect(await here.read("two")).toBe(`${here.values[1]}\n`);
    const { new: successor, rewritten } = await here.rotate({ id });
    expect(rewritten?.map(({ where }) => where)).toEqual([here.at("one"), here.at("two")]);
    const next = await here.rotate({ id: successor?.id });
    expect(next.rewritten).toHaveLength(2);
    expect(await here.read("two")).toBe(`${here.values[2]}\n`);
  });

  it("does not write over what somebody has put in its new place meanwhile", async () => {
    const id = await here.toFile("one");
    const destination = { path: here.at("two") };
    await killed(id, { deliver_to: "file", destination });
    await here.write("two", "somebody else's\n");
    expectRefusal(
      await here.call("rotate_token", { id }),
      "conflict",
      /exists already.* Everything was put back/,
    );
    expect(await here.read("two")).toBe("somebody else's\n");
    expect(await here.active()).toEqual([id]);
  });
});

describe("a record that", () => {
  it.each([
    ["is damaged", "{"],
    ["a newer version has written", '{"phase": "resting"}'],
  ])("%s keeps its token from being rotated, and no other", async (_what, text) => {
    const [id, other] = [
      await here.toFile("one", { expires: "3d" }),
      await here.toFile("two", { expires: "3d" }),
    ];
    await here.rotate({ id: await here.toFile("three"), keep_old_for: "24h" });
    const [one] = await here.records();
    await killed(id);
    const path =
      (await here.records()).find(({ record }) => (record.old as { id: string }).id === id)?.path ?? "";
    expect(path).not.toBe(one?.path);
    await writeFile(path, text);
    expectRefusal(await here.call("rotate_token", { id }), "file_unreadable");
    here.later(50);
    const outcomes = await here.due();
    expect(outcomes.map(({ id: of, what }) => [of, what])).toEqual(
      expect.arrayContaining([
        [undefined, "failed"],
        [id, "failed"],
        [other, "rotated"],
      ]),
    );
  });

  it("cannot be written keeps everything as it is", async () => {
    const id = await here.toFile();
    await writeFile(here.at("ours/state/rotations"), "a file where the folder is to be");
    expectRefusal(await here.call("rotate_token", { id }), "file_unreadable");
    expect(await here.active()).toEqual([id]);
  });

  /** A folder where the record is to be. @returns how to put that back */
  function block(): () => void {
    const folder = here.at("ours/state/rotations");
    const path = join(folder, readdirSync(folder).find((name) => name.endsWith(".json")) ?? "");
    const text = readFileSync(path);
    rmSync(path);
    mkdirSync(path);
    return () => {
      rmdirSync(path);
      writeFileSync(path, text);
    };
  }

  it("cannot be written when the successor is there ends the successor", async () => {
    const id = await here.toFile();
    const before = await here.tree();
    let unblock = () => {};
    onMinted = () => {
      unblock = block();
    };
    expectRefusal(
      await here.call("rotate_token", { id }),
      "file_unwritable",
      /The new token tok_\w+ was revoked/,
    );
    expect(await here.active()).toEqual([id]);
    expect(await here.tree()).toEqual(before);
    onMinted = () => {};
    unblock();
    const { new: successor } = await here.rotate({ id });
    expect(await here.active()).toEqual([successor?.id]);
  });

  it("cannot be written when every place has the new value is carried on with", async () => {
    const id = await here.toFile();
    let unblock: (() => void) | undefined;
    here.world.cut = (request) => {
      if (request.endsWith("/introspect")) unblock ??= block();
      return false;
    };
    const result = await here.call("rotate_token", { id });
    expectRefusal(
      result,
      "file_unwritable",
      /Every place works with the new token, but that could not be noted/,
    );
    expect(await here.active()).toHaveLength(2);
    expect(await here.read("the-token")).toBe(`${here.values[1]}\n`);
    unblock?.();
    const { new: successor } = await here.rotate({ id });
    expect(await here.active()).toEqual([successor?.id]);
    expect(await here.tokens()).toHaveLength(2);
  });
});

describe("two at once", () => {
  it("make one successor", async () => {
    const id = await here.toFile();
    const both = await Promise.allSettled([1, 2].map(() => rotate(id, { destination: {} }, another())));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await here.tokens()).toHaveLength(2);
    expect(await here.active()).toHaveLength(1);
  });

  it("with one idempotency key get the same answer", async () => {
    const id = await here.toFile();
    const wish = { destination: {}, idempotency_key: "once" };
    const [one, other] = await Promise.all([1, 2].map(() => rotate(id, wish, another())));
    expect(one?.new).toEqual(other?.new);
    expect(await here.tokens()).toHaveLength(2);
  });

  it("one by rotate-due is no failure of the other", async () => {
    const id = await here.toFile("one", { expires: "3d" });
    here.later(40);
    const [outcomes] = await Promise.all([
      here.due(),
      rotate(id, { destination: {} }, another()).catch(() => {}),
    ]);
    expect(outcomes.filter(({ what }) => what === "failed")).toEqual([]);
    expect(await here.tokens()).toHaveLength(2);
  });
});

it("a rotation whose only place changes before it is rewritten is taken back", async () => {
  const id = await here.toFile();
  onMinted = () => writeFileSync(here.at("the-token"), "somebody else's\n");
  expectRefusal(await here.call("rotate_token", { id }), "conflict", /No place holds ci any more/);
  expect(await here.read("the-token")).toBe("somebody else's\n");
  expect(await here.active()).toEqual([id]);
  expect(await here.keptValues()).toEqual([]);
});
