/** What clients say to the helper and are told, by their own protocols, on a store on a real disk. */
import { describe, expect, it } from "vitest";
import { protocols } from "../../src/credential-helper/index.ts";
import { openLogins } from "../../src/credential-helper/logins.ts";
import { openDisk } from "../../src/disk/index.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { tempHome } from "../support/home.ts";

const secret = "flyt_helper-test-0123456789abcdefghij";
const urls = {
  npm: "https://acme.example/artifactory/api/npm/npm/",
  pypi: "https://acme.example/artifactory/api/pypi/pypi/simple",
  cargo: "https://acme.example/artifactory/api/cargo/cargo/index/",
  docker: "acme.example:8443",
};

async function setting() {
  const home = await tempHome();
  const store = home.at("data/credentials.json");
  const disk = openDisk({ state: home.at("state"), run, now: () => new Date() });
  const logins = openLogins(store, disk);
  const put = () =>
    Promise.all(
      Object.values(urls).map((url) => logins.put(url, { username: "ann", secret: new Secret(secret) })),
    );
  return {
    home,
    logins,
    put,
    /** @returns the exit code and what the client reads */
    async ask(name: string, args: string[], ...input: string[]): Promise<[number, ...string[]]> {
      const said: string[] = [];
      async function* lines() {
        yield* input;
      }
      const protocol = protocols[name];
      if (!protocol) throw new Error(`no protocol ${name}`);
      const code = await protocol({ args, lines: lines(), say: (line) => said.push(line), logins });
      return [code, ...said];
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

describe("docker", () => {
  it("stores, gets, lists and erases by host", async () => {
    await using s = await setting();
    const login = { ServerURL: `https://${urls.docker}/v2/`, Username: "ann", Secret: secret };
    expect(await s.ask("docker", ["store"], JSON.stringify(login))).toEqual([0]);
    const found = { ServerURL: urls.docker, Username: "ann", Secret: secret };
    expect(await s.ask("docker", ["get"], urls.docker)).toEqual([0, JSON.stringify(found)]);
    expect(await s.ask("docker", ["list"])).toEqual([0, `{"${urls.docker}":"ann"}`]);
    expect(await s.ask("docker", ["erase"], urls.docker)).toEqual([0]);
    expect(await s.ask("docker", ["get"], urls.docker)).toEqual([
      1,
      "credentials not found in native keychain",
    ]);
  });

  it("says in docker's own words that there is none: for another host, another port, a part of the name", async () => {
    await using s = await setting();
    await s.put();
    for (const host of ["acme.example", "acme.example:84", "other.example:8443", "example:8443", "", "a b"])
      expect(await s.ask("docker", ["get"], host)).toEqual([1, "credentials not found in native keychain"]);
  });

  it.each([
    "",
    "not json",
    "[]",
    '{"ServerURL":"acme.example"}',
    '{"ServerURL":1,"Username":"a","Secret":"b"}',
  ])("stores nothing of %j", async (text) => {
    await using s = await setting();
    expect((await s.ask("docker", ["store"], text))[0]).toBe(1);
    expect((await s.logins.all()).size).toBe(0);
  });

  it("lists no login of another client", async () => {
    await using s = await setting();
    await s.put();
    expect(await s.ask("docker", ["list"])).toEqual([0, `{"${urls.docker}":"ann"}`]);
    expect((await s.ask("docker", ["version"]))[0]).toBe(1);
  });

  it("keeps what it stores where only the user reads it", async () => {
    await using s = await setting();
    await s.ask("docker", ["store"], JSON.stringify({ ServerURL: "a.example", Username: "x", Secret: "y" }));
    expect(await s.home.mode("data/credentials.json")).toBe(0o600);
  });
});

describe("keyring", () => {
  it.each([[urls.pypi], [`${urls.pypi}/`], [`${urls.pypi}/fly-demo/`], ["acme.example"]])(
    "prints the password for %s and its user",
    async (service) => {
      await using s = await setting();
      await s.put();
      expect(await s.ask("keyring", ["get", service, "ann"])).toEqual([0, secret]);
    },
  );

  it.each([
    ["get", urls.pypi, "bob"],
    ["get", urls.pypi, ""],
    ["get", "https://acme.example/other/simple", "ann"],
    ["get", `${urls.pypi}x`, "ann"],
    ["get", "https://acme.example/", "ann"],
    ["get", urls.pypi.replace("https:", "http:"), "ann"],
    ["get", "https://other.example/simple", "--mode", "creds"],
    ["get", "other.example", "ann"],
    ["get", urls.docker, "ann"],
  ])("has nothing for %s %s %s", async (...args) => {
    await using s = await setting();
    await s.put();
    expect(await s.ask("keyring", args)).toEqual([1]);
  });

  it("says whose password it is to a client that knows no user", async () => {
    await using s = await setting();
    await s.put();
    for (const args of [
      ["get", urls.pypi, "--mode", "creds"],
      ["--mode", "creds", "get", urls.pypi],
    ])
      expect(await s.ask("keyring", args)).toEqual([0, "ann", secret]);
  });

  it("gives of two logins below one another the nearer one", async () => {
    await using s = await setting();
    const near = new Secret("flyt_nearer-0123456789abcdefghij");
    await s.logins.put(urls.pypi.replace(/\/simple$/, ""), { username: "ann", secret: new Secret(secret) });
    await s.logins.put(urls.pypi, { username: "ann", secret: near });
    expect(await s.ask("keyring", ["get", `${urls.pypi}/fly-demo/`, "ann"])).toEqual([0, near.reveal()]);
    const file = urls.pypi.replace("simple", "packages/a.whl");
    expect(await s.ask("keyring", ["get", file, "ann"])).toEqual([0, secret]);
  });

  it("knows no other action", async () => {
    await using s = await setting();
    await s.put();
    for (const args of [[], ["set", urls.pypi, "ann"], ["del", urls.pypi, "ann"], ["get"]])
      expect(await s.ask("keyring", args)).toEqual([2]);
  });
});

describe("pnpm", () => {
  it("prints the token of the registry that its script names, and of no other", async () => {
    await using s = await setting();
    await s.put();
    expect(await s.ask("pnpm", [urls.npm])).toEqual([0, secret]);
    expect(await s.ask("pnpm", [urls.npm.slice(0, -1)])).toEqual([0, secret]);
    for (const url of ["https://acme.example/artifactory/api/npm/other/", urls.docker, ""])
      expect(await s.ask("pnpm", [url])).toEqual([1]);
  });
});

describe("cargo", () => {
  it("prints what cargo sends to the index that it is asked for, and to no other", async () => {
    await using s = await setting();
    await s.put();
    expect(await s.ask("cargo", [urls.cargo])).toEqual([0, `Bearer ${secret}`]);
    expect(await s.ask("cargo", [`sparse+${urls.cargo}`])).toEqual([0, `Bearer ${secret}`]);
    for (const args of [["https://other.example/index/"], [urls.docker], [""], []])
      expect(await s.ask("cargo", args)).toEqual([1]);
  });
});

describe("a store that does not parse", () => {
  it("is said so, and nothing in it is lost", async () => {
    await using s = await setting();
    await s.home.write("data/credentials.json", '{"credentials": {');
    await expect(s.ask("docker", ["get"], urls.docker)).rejects.toMatchObject({ code: "file_unparsable" });
    await expect(s.put()).rejects.toMatchObject({ code: "file_unparsable" });
    expect(await s.home.read("data/credentials.json")).toBe('{"credentials": {');
  });

  it("with entries that are not ours, has the others all the same", async () => {
    await using s = await setting();
    const ours = { username: "ann", token: secret };
    const credentials = {
      [urls.npm]: ours,
      a: null,
      b: 1,
      c: { username: 1, token: "x" },
      d: { username: "x" },
    };
    await s.home.write("data/credentials.json", JSON.stringify({ credentials }));
    expect([...(await s.logins.all()).keys()]).toEqual([urls.npm]);
    expect(await s.ask("pnpm", [urls.npm])).toEqual([0, secret]);
  });
});
