/** A pull secret whose login is replaced by its successor's, and read again, in a manifest and in the cluster. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Delivery, Destination } from "../../src/delivery/delivery.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { kubectl, kubectlFolder } from "../fakes/kubectl.ts";
import { answerOf } from "../support/answers.ts";
import { type Machine, openMachine } from "../support/machine.ts";

let here: Machine;
beforeEach(async () => {
  here = await openMachine({ programs: { kubectl } });
});
afterEach(() => here[Symbol.asyncDispose]());

const delivery = () => here.context.deliveries.find(({ id }) => id === "kubernetes") as Delivery;
const means = () => here.context.means(here.context.use("tokens", "local").provider);
const server = () => `${new URL(here.registry.url).host}/docker`;
const inFile = (): Destination => ({ path: here.at("pull.yaml") });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const successor = () => ({
  username: "admin",
  secret: new Secret("k7dj2m9q4x8w1v5t"),
  token: { id: "tok_next", provider: "local", name: "next" },
});
const renew = async (destination = inFile()) => {
  await delivery().check(destination, means(), true);
  return delivery().deliver(successor(), destination, means(), true);
};
const configIn = (text = "") => {
  const { data } = parse(text) as { data: Record<string, string> };
  return JSON.parse(Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString()) as unknown;
};
const ours = { username: "admin", password: "k7dj2m9q4x8w1v5t", auth: base64("admin:k7dj2m9q4x8w1v5t") };
const make = async () => {
  const args = { name: "pull", deliver_to: "kubernetes", deliver_path: "pull.yaml" };
  answerOf(generateToken, await here.call("generate_token", args));
  return (await here.read("pull.yaml")) ?? "";
};

describe("a manifest", () => {
  it("that nobody has touched stays what it was but for the login", async () => {
    const before = await make();
    const { restore_id, location } = await renew();
    const after = (await here.read("pull.yaml")) ?? "";
    const value = /"\.dockerconfigjson": ".*"/;
    expect(after.replace(value, "")).toBe(before.replace(value, ""));
    expect(JSON.parse(after)).toEqual(parse(after));
    expect(configIn(after)).toEqual({ auths: { [server()]: ours } });
    expect(location).toBe(here.at("pull.yaml"));
    const [record] = await here.context.disk.journal({ token_id: "tok_next" });
    expect(record).toMatchObject({ id: restore_id, managers: [], provider: "local", scope: "user" });
  });

  it("keeps comments, labels and the logins that somebody has added", async () => {
    await make();
    const config = {
      auths: { [server()]: { password: "former" }, "ghcr.io": { auth: "x" } },
      credsStore: "y",
    };
    const text = (value: string) =>
      `# ours\r\nkind: Secret\r\ndata:\r\n  .dockerconfigjson: "${value}" # the login\r\n  other: eA==\r\n`;
    await here.write("pull.yaml", text(base64(JSON.stringify(config))));
    await renew();
    const after = (await here.read("pull.yaml")) ?? "";
    const { data } = parse(after) as { data: Record<string, string> };
    expect(after).toBe(text(data[".dockerconfigjson"] ?? ""));
    expect(configIn(after)).toEqual({ ...config, auths: { ...config.auths, [server()]: ours } });
    expect((await delivery().read?.(inFile(), means()))?.reveal()).toBe(ours.password);
  });

  it("is written anew where it was deleted after it had been applied", async () => {
    await renew();
    expect(configIn(await here.read("pull.yaml"))).toEqual({ auths: { [server()]: ours } });
  });

  it.each<[string, string, string]>([
    [
      "another server's login",
      `data:\n  .dockerconfigjson: ${base64('{"auths":{"ghcr.io":{}}}')}\n`,
      "conflict",
    ],
    ["what is no configuration", "data:\n  .dockerconfigjson: AAAA\n", "conflict"],
    ["no login", "kind: Secret\n", "conflict"],
    ["nothing", "", "conflict"],
    ["two documents", "kind: Secret\n---\nkind: Secret\n", "file_unparsable"],
    ["no YAML", "a: [\n", "file_unparsable"],
  ])("is left alone that has %s by now", async (_what, text, code) => {
    await here.write("pull.yaml", text);
    await expect(delivery().check(inFile(), means(), true)).rejects.toMatchObject({ code });
    await expect(delivery().deliver(successor(), inFile(), means(), true)).rejects.toMatchObject({ code });
    expect(await here.read("pull.yaml")).toBe(text);
  });

  it("that holds ours is no reason to replace it in a new call", async () => {
    await make();
    await expect(delivery().check(inFile(), means())).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["no file", undefined],
    [
      "another server's login",
      `data: {".dockerconfigjson": "${base64('{"auths":{"ghcr.io":{"password":"x"}}}')}"}`,
    ],
    ["a login without a password", `data: {".dockerconfigjson": "${base64('{"auths":{}}')}"}`],
    ["what is no login", "data: {}"],
  ])("has nothing to read with %s", async (_what, text) => {
    if (text !== undefined) await here.write("pull.yaml", text);
    expect(await delivery().read?.(inFile(), means())).toBeUndefined();
  });
});

describe("a secret in the cluster", () => {
  const inCluster: Destination = { kubernetes: { context: "kind", namespace: "shop", secret_name: "pull" } };
  const prepare = (name: string, text: string) => here.write(`${kubectlFolder}/${name}`, text);
  const argv = async () => ((await here.read(`${kubectlFolder}/argv`)) ?? "").split("\n").filter(Boolean);
  const read = () => delivery().read?.(inCluster, means());

  it("is applied once more and read where it was put", async () => {
    expect(await read()).toBeUndefined();
    await renew(inCluster);
    expect((await read())?.reveal()).toBe(ours.password);
    expect((await argv()).at(-1)).toBe("get secret pull --context=kind --namespace=shop -o json");
    expect(configIn(await here.read(`${kubectlFolder}/secrets/pull`))).toEqual({
      auths: { [server()]: ours },
    });
  });

  it("is read in the namespace of the context unless one is named", async () => {
    await delivery().read?.({}, means());
    expect(await argv()).toEqual(["get secret fly-registry-secret -o json"]);
  });

  it.each<[string, string, string]>([
    ["may not be read", "Error from server (Forbidden): secrets is forbidden", "forbidden"],
    ["cannot be reached", "The connection to the server was refused", "command_failed"],
  ])("that %s is not taken for one that is not there", async (_what, words, code) => {
    await prepare("refuse", words);
    await expect(read()).rejects.toMatchObject({ code });
  });

  it.each(["not JSON, but k7dj2m9q4x8w1v5t", "null", "{}", '{"data":{".dockerconfigjson":3}}'])(
    "of which kubectl prints %s is repeated to nobody",
    async (text) => {
      await prepare("secrets/pull", text);
      const outcome = await read()?.catch((error: Error) => error);
      if (text.startsWith("not")) expect(outcome).toMatchObject({ code: "command_failed" });
      else expect(outcome).toBeUndefined();
      expect(inspect(outcome)).not.toContain("k7dj");
    },
  );
});
