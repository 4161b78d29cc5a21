/** Places to which a value was delivered: rewritten, and as they were where a rotation fails. */
import { rm, writeFile } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { flyctl, flyctlFolder, imported } from "../fakes/flyctl.ts";
import { startFakeGithub } from "../fakes/github/fake.ts";
import { kubectl, kubectlFolder } from "../fakes/kubectl.ts";
import { expectRefusal } from "../support/answers.ts";
import { openSetting, type Setting } from "./setting.ts";

/** Has one token in each of these places, the second by hand of the ledger: a rotation may add one each time. */
async function everywhere(here: Setting, places: readonly Record<string, unknown>[]): Promise<string> {
  const [first = {}, ...others] = places;
  let id = await here.toFile("unused", first);
  for (const place of others) id = (await here.rotate({ id, keep_old_for: "0", ...place })).new?.id ?? "";
  return id;
}

const file = { deliver_to: "file", deliver_path: "the-token" };
const dotenv = { deliver_to: "env_file", deliver_path: "app.env", deliver_name: "APP" };
const manifest = { deliver_to: "kubernetes", deliver_path: "pull.yaml", deliver_name: undefined };
const cluster = {
  deliver_to: "kubernetes",
  deliver_path: undefined,
  kubernetes: { namespace: "shop", secret_name: "pull" },
};
const app = { deliver_to: "fly_secrets", deliver_path: undefined, deliver_in: "web", deliver_name: "T" };
const onGithub = { deliver_to: "github_actions", deliver_path: undefined, deliver_in: "acme/web" };

async function openAll() {
  const fake = await startFakeGithub();
  onTestFinished(() => fake[Symbol.asyncDispose]());
  const here = await openSetting({
    programs: { kubectl, flyctl },
    env: {
      GITHUB_API_URL: fake.url,
      FLY_TOKENS_GITHUB_TOKEN: fake.token,
    },
  });
  const onFly = async () => imported((await here.read(`${flyctlFolder}/stdin`)) ?? "").T;
  const inCluster = async () => (await here.read(`${kubectlFolder}/secrets/pull`)) ?? "";
  /** By hand of nothing that is tested. */
  const value = async (text: string | undefined) => {
    const opened = (text ?? "").replace(/[A-Za-z0-9+/=]{80,}/g, (one) =>
      Buffer.from(one, "base64").toString(),
    );
    return here.values.filter((one) => opened.includes(one));
  };
  const values = async () => ({
    file: await value(await here.read("the-token")),
    env: await value(await here.read("app.env")),
    manifest: await value(await here.read("pull.yaml")),
    cluster: await value(await inCluster()),
    fly: await value(await onFly()),
    github: await value([...fake.secrets.values()].join()),
  });
  return { here, fake, values };
}

describe("six places at once", () => {
  const all = [file, dotenv, manifest, cluster, app, onGithub];

  it("get the successor's value, those that can be read back first", async () => {
    const { here, values } = await openAll();
    const id = await everywhere(here, all);
    const { rewritten, new: successor } = await here.rotate({ id, keep_old_for: "0" });
    expect(rewritten?.map(({ verified }) => verified)).toEqual([true, true, true, true, false, false]);
    const last = [here.values.at(-1)];
    expect(await values()).toEqual({
      file: last,
      env: last,
      manifest: last,
      cluster: last,
      fly: last,
      github: last,
    });
    expect(await here.active()).toEqual([successor?.id]);
    expect(await here.keptValues()).toEqual([]);
    here.expectUnseen();
  });

  it.each([
    ["before it was done", "cut before" as const],
    ["after it was done", "cut after" as const],
    ["with a refusal", { status: 422, body: { message: "no" } }],
  ])(
    "are as before where the last of them fails %s, and then another call succeeds",
    async (_when, fault) => {
      const { here, fake, values } = await openAll();
      const id = await everywhere(here, all);
      const before = [await here.tree(), await values()];
      fake.faults.put = fault;
      // The first answer of a write that failed may be one of many that it tries.
      let puts = 0;
      fake.before.put = () => {
        if (++puts > 1) delete fake.faults.put;
      };
      const result = await here.call("rotate_token", { id });
      expect(result.isError, result.wire).toBe(true);
      expect(result.text).toMatch(
        /Everything was put back, the new token was revoked, and the old one lives/,
      );
      delete fake.faults.put;
      const tree = await here.tree();
      const [treeBefore] = before as [Record<string, string>];
      const ofUsers = (one: Record<string, string>) =>
        Object.entries(one).filter(([name]) => !name.startsWith("stand-ins"));
      expect(ofUsers(tree)).toEqual(ofUsers(treeBefore));
      expect(await values()).toEqual(before[1]);
      expect(await here.active()).toEqual([id]);
      expect(await here.keptValues()).toEqual([]);
      await here.rotate({ id });
      expect((await values()).github).toEqual([here.values.at(-1)]);
    },
  );
});

describe("a place that nobody can read", () => {
  it("keeps the old one for a day: when jobs and machines use the new value, nobody can tell", async () => {
    const { here } = await openAll();
    const id = await everywhere(here, [app]);
    const { old_revoked_at, old_kept_until } = await here.rotate({ id });
    expect([old_revoked_at, old_kept_until]).toEqual([null, "2026-03-02T10:00:00.000Z"]);
    expect(await here.active()).toHaveLength(2);
    here.later(25);
    expect(await here.due()).toMatchObject([{ id, what: "ended" }]);
    expect(await here.active()).toHaveLength(1);
  });

  it("alone is carried on with where it may have the new value", async () => {
    const { here, fake, values } = await openAll();
    const id = await everywhere(here, [onGithub]);
    fake.faults.put = "cut after";
    const result = await here.call("rotate_token", { id, keep_old_for: "0" });
    expectRefusal(result, "provider_down", /could NOT be put back, so both tokens live/);
    expect(await here.active()).toHaveLength(2);
    delete fake.faults.put;
    const { new: successor, old_revoked_at } = await here.rotate({ id });
    expect(old_revoked_at).not.toBeNull();
    expect(await here.active()).toEqual([successor?.id]);
    expect((await values()).github).toEqual([here.values[1]]);
    expect(await here.keptValues()).toEqual([]);
  });

  it("alone keeps the old value where it was refused before anything was done", async () => {
    const { here, fake, values } = await openAll();
    const id = await everywhere(here, [onGithub]);
    fake.faults.put = { status: 403, body: { message: "no" } };
    const result = await here.call("rotate_token", { id });
    expect(result.text).toMatch(/Everything was put back/);
    expect(await here.active()).toEqual([id]);
    expect((await values()).github).toEqual([here.values[0]]);
  });
});

it.each([
  ["a file", file],
  ["a secret in a cluster", cluster],
])("%s whose issuer does not answer is put back all the same", async (_what, place) => {
  const { here, values } = await openAll();
  const id = await everywhere(here, [place]);
  const before = await values();
  here.world.cut = (request) => request.endsWith("/introspect");
  const result = await here.call("rotate_token", { id });
  expectRefusal(result, "provider_down", /put back, the new token was revoked, and the old one lives/);
  expect(await values()).toEqual(before);
  expect(await here.active()).toEqual([id]);
});

it("a place on record that cannot be looked at keeps everything as it is", async () => {
  const here = await openSetting({ programs: { kubectl } });
  const id = await everywhere(here, [file, cluster]);
  await here.write(`${kubectlFolder}/refuse`, "error: the server is not there\n");
  const before = await here.tree();
  const result = await here.call("rotate_token", { id });
  expectRefusal(result, "command_failed", /the secret pull.* has the token cannot be seen/);
  expect(result.error.fix).toMatch(/generate_token/);
  expect(await here.tree()).toEqual({
    ...before,
    [`${kubectlFolder}/argv`]: expect.any(String),
    [`${kubectlFolder}/env`]: expect.any(String),
  });
  expect(await here.active()).toEqual([id]);
  expect(await here.due()).toEqual([]);
  await rm(here.at(`${kubectlFolder}/refuse`));
  expect((await here.rotate({ id })).rewritten).toHaveLength(2);
});

it("a file that the user has edited since keeps their edit, and gets the value", async () => {
  const here = await openSetting();
  const id = await here.toFile("app.env", { deliver_to: "env_file", deliver_name: "APP" });
  const text = `# theirs\nexport APP="${here.values[0]}" # ours\n`;
  await writeFile(here.at("app.env"), text);
  await here.rotate({ id });
  expect(await here.read("app.env")).toBe(text.replace(here.values[0] ?? "", here.values[1] ?? ""));
});
