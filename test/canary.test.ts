/**
 * Secrets of every kind are at work here: keys, tokens that are minted, and those of others in the user's files. Every
 * tool does its work and fails at it, and wherever something comes out, none of them may be seen.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { formatHeader } from "../src/macaroon/header.ts";
import { mint } from "../src/macaroon/mint.ts";
import { tools } from "../tools/index.generated.ts";
import { Canaries } from "./support/canaries.ts";
import { treeOf } from "./support/home.ts";
import { type Machine, openMachine } from "./support/machine.ts";
import { foundIn, heldIn, outletsOf } from "./support/outlets.ts";
import { type Played, played, shownIn } from "./support/played.ts";
import type { ClientOptions, ToolResult } from "./support/world.ts";

const theirs = Object.fromEntries(
  [
    "registry",
    "token",
    "password",
    "auth",
    "index",
    "extra",
    "netrc",
    "other",
    "host",
    "identity",
    "header",
    "vault",
    "proxy",
    "pnpm",
    "file",
  ].map((name) => [name, `theirs-${name}-${Math.random().toString(36).slice(2)}-0123456789`]),
);
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Files as their owner left them, each with secrets of others beside the place of ours. */
const files: Record<string, string> = {
  ".npmrc": [
    `registry=https://bob:${theirs.registry}@npm.example/`,
    `//npm.example/:_authToken=${theirs.token}`,
    `//npm.example/:_password=${base64(theirs.password ?? "")}`,
    `//old.example/:_auth=${base64(`bob:${theirs.auth}`)}`,
    "",
  ].join("\n"),
  ".config/pnpm/auth.ini": `//npm.example/:_authToken=${theirs.pnpm}\n`,
  ".config/pip/pip.conf": `[global]\nindex-url = https://bob:${theirs.index}@pypi.example/simple\nextra-index-url = https://bob:${theirs.extra}@more.example/simple\n`,
  // On one line, so that whatever shows our change shows the rest.
  ".netrc": `machine a.example login bob password ${theirs.netrc} machine b.example login bob account x password ${theirs.other}`,
  ".docker/config.json": JSON.stringify({
    auths: { "other.example": { auth: base64(`bob:${theirs.host}`), identitytoken: theirs.identity } },
    HttpHeaders: { Authorization: `Bearer ${theirs.header}`, "X-Vault": theirs.vault },
    proxies: { default: { httpProxy: `http://bob:${theirs.proxy}@proxy.example` } },
  }),
  "their-token": `${theirs.file}\n`,
};

/** Looks at every process and its own environment. */
const look = `
{ for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < "$file"; echo; done; tr '\\0' '\\n' < /proc/$$/environ; } > "$HOME/seen.tmp" 2> /dev/null
cat "$HOME/seen.tmp" >> "$HOME/seen"
`;

/** Keeps its input; says it all when it is to refuse. */
const docker = `${look}
cat > "$HOME/input"
[ ! -e "$HOME/refuse" ] || { echo "Error: unauthorized: $(cat "$HOME/input") $(base64 -w0 "$HOME/input")" >&2; exit 1; }
`;

/** The same, but what it is given before there is a token does it no harm. */
const kubectl = `${look}
case "$*" in
*--dry-run=server*) cat > /dev/null; exit 0;;
get*) echo "Error from server (NotFound)" >&2; exit 1;;
esac
cat > "$HOME/manifest"
[ ! -e "$HOME/refuse-manifest" ] || { echo "error: $(cat "$HOME/manifest") $(sed -n 's/.*json": "\\(.*\\)"/\\1/p' "$HOME/manifest" | base64 -d)" >&2; exit 1; }
`;

const git = 'exec git "$@"';

interface Scene extends AsyncDisposable, Played {
  here: Machine;
  canaries: Canaries;
  /** Values that were shown because somebody asked. */
  asked: Set<string>;
  /** The phases of rotations whose records held values after a call. */
  holding: Set<string>;
  /** Ends of addresses where every request is refused, in words that quote who it was for. */
  refused: Set<string>;
}

async function openScene(
  era: ClientOptions["era"],
  programs: Record<string, string> = { docker, kubectl, git },
): Promise<Scene> {
  const canaries = new Canaries();
  const refused = new Set<string>();
  for (const secret of Object.values(theirs)) canaries.add(secret);
  const here = await openMachine({
    programs,
    fetch: (real) => async (input, init) => {
      const { pathname } = new URL(typeof input === "object" && "url" in input ? input.url : input);
      const said = `${"upstream ".repeat(31)}${minted} ${base64(`bob:${minted}`)} ${here.registry.adminKey}`;
      if (pathname.endsWith("/tokens/tok_quotes"))
        return Response.json({ error: { code: "invalid", message: said } }, { status: 400 });
      if (pathname.endsWith("/tokens/tok_throws")) throw new Error(said);
      if ([...refused].some((end) => pathname.endsWith(end)))
        return Response.json(
          { error: said, errors: [{ message: said }] },
          { status: 403, statusText: minted },
        );
      const response = await real(input, init);
      if (response.status === 201 && pathname.endsWith("/tokens")) {
        minted = ((await response.clone().json()) as { value: string }).value;
        canaries.add(minted);
        canaries.add(base64(`admin:${minted}`));
      }
      return response;
    },
  });
  let minted = here.registry.adminKey;
  canaries.add(here.registry.adminKey);
  for (const [name, text] of Object.entries(files)) await here.write(name, text);
  const { call } = await here.connect({ era });
  const holding = new Set<string>();
  return {
    here,
    canaries,
    asked: new Set(),
    holding,
    refused,
    ...played(call, async () => {
      for (const phase of Object.keys(await heldIn(here, canaries))) holding.add(phase);
    }),
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
}

const idOf = ({ data }: ToolResult) => (data as { token?: { id: string } }).token?.id ?? "";

/** What each tool is called with so that it does its work, and so that it fails: with secrets at hand both times. */
const cases: Record<string, (scene: Scene) => Promise<void>> = {
  async get_status({ call }) {
    await call("get_status");
    await call("get_status", { verbose: true });
  },

  async create_environment({ call }) {
    await call("create_environment", { name: "production" });
    await call("create_environment", { name: "production" });
  },

  async generate_token({ call, here, asked }) {
    const shown = await call("generate_token", {
      name: "shown",
      environment: "production",
      idempotency_key: "k",
    });
    asked.add(shownIn(shown) ?? "");
    await call("generate_token", { name: "shown", environment: "production", idempotency_key: "k" });
    const path = here.at("kept");
    await call("generate_token", { name: "kept", deliver_to: "file", deliver_path: path });
    await call("generate_token", { name: "kept", deliver_to: "file", deliver_path: path });
    await call("generate_token", { name: "kept", environment: "moon" });
    const pull = { name: "pull", deliver_to: "kubernetes", environment: "production" };
    await call("generate_token", { ...pull, deliver_path: here.at("pull.yaml") });
    await call("generate_token", { ...pull, deliver_path: here.at("pull.yaml") });
    await call("generate_token", pull);
    await here.write("refuse-manifest", "");
    await call("generate_token", pull);
  },

  async configure_package_manager({ call, here }) {
    for (const manager of ["npm", "pip", "docker"]) {
      await call("configure_package_manager", { manager, dry_run: true });
      await call("configure_package_manager", { manager });
      await call("configure_package_manager", { manager, permission: "read_write" });
      await call("configure_package_manager", { manager, token_from: "file:their-token" });
      await call("configure_package_manager", { manager, token_from: "file:kept", expires: "7d" });
    }
    await call("configure_package_manager", { manager: "pip", secret_style: "value", expires: "9d" });
    await here.write("refuse", "");
    await call("configure_package_manager", { manager: "docker", expires: "90d" });
    await rm(here.at("refuse"));
  },

  async check_package_manager({ call, here }) {
    await call("check_package_manager");
    await here.registry.call(
      "POST",
      `/tokens/${idOf(await call("configure_package_manager", { manager: "npm" }))}/revoke`,
    );
    await call("check_package_manager");
    await call("check_package_manager", { manager: "brew" });
  },

  async list_tokens({ call }) {
    await call("list_tokens");
    await call("list_tokens", { cursor: "x" });
  },

  async get_token({ call }) {
    await call("get_token", { id: idOf(await call("configure_package_manager", { manager: "pip" })) });
    await call("get_token", { id: "tok_unknown" });
    await call("get_token", { id: "tok_quotes" });
    await call("get_token", { id: "tok_throws" });
  },

  async restrict_token({ call, here, asked, canaries }) {
    // Offline, and so without an account of Fly.io.
    const caveats = [{ type: "Organization", body: { id: 1, mask: "rwcdC" } }];
    const parent = formatHeader([mint({ key: randomBytes(32), nonce: { kid: randomBytes(16) }, caveats })]);
    await here.write("macaroon", `${parent}\n`);
    canaries.add(parent.slice(-44));
    const from = "file:macaroon";
    const { data } = await call("restrict_token", { from, restrictions: { read_only: true } });
    const narrower = (data as { credential?: { token: string } }).credential?.token.slice(-44) ?? "";
    canaries.add(narrower);
    asked.add(narrower);
    await call("restrict_token", { from, restrictions: {} });
    await call("get_token", { from });
  },

  async describe_environment({ call }) {
    await call("describe_environment", { name: "production" });
    await call("describe_environment", { name: "moon" });
  },

  async find_leaks({ call, here }) {
    await call("find_leaks", { include_ignored: true });
    await call("find_leaks", { paths: ["moon"] });
    await here.write("repository/.env", `FLY_TOKEN=${await here.read("kept")}`);
    const options = ["-C", here.at("repository"), "-c", "user.name=bob", "-c", "user.email=bob@example.com"];
    for (const args of [
      ["init", "-q"],
      ["add", "."],
      ["commit", "-qm", "1"],
    ])
      execFileSync("git", [...options, ...args]);
    await call("find_leaks", { paths: ["repository"], git_history: true });
    await rm(here.at("repository"), { recursive: true });
  },

  async rotate_token({ call, here, asked, canaries, holding, refused }) {
    const id = idOf(await call("generate_token", { name: "held", deliver_to: "file", deliver_path: "held" }));
    await call("configure_package_manager", { manager: "npm,pip,docker", token_id: id });
    await call("rotate_token", { id: "tok_quotes" });
    // Every place has the successor but one, and all are put back.
    refused.add("/-/whoami");
    expect((await call("rotate_token", { id })).text).toMatch(/was put back, the new token was revoked/);
    refused.clear();
    expect([...holding]).toEqual([]);
    // Nor can the successor be revoked: its record has the values until it is carried on.
    await here.write("refuse", "");
    refused.add("/revoke");
    const rest = { id, deliver_to: "env_file", idempotency_key: "rest" };
    expect((await call("rotate_token", rest)).text).toMatch(/could NOT be revoked/);
    expect([...holding]).toEqual(["minted"]);
    await call("find_leaks", { paths: ["ours", "held", ".npmrc"], include_ignored: true });
    await call("get_token", { id });
    await call("rotate_token", { expires_within: "400d" });
    const { frames, ...others } = await outletsOf(here);
    const records = Object.entries(others).filter(([name]) => !name.startsWith("state/rotations/"));
    expect(foundIn(Object.fromEntries(records), canaries)).toEqual([]);
    await rm(here.at("refuse"));
    refused.clear();
    expect((await call("rotate_token", rest)).text).toMatch(/was carried on/);
    expect(await heldIn(here, canaries)).toEqual({});
    const { new: successor } = (await call("rotate_token", rest)).data as { new?: { id: string } };
    const shown = await call("rotate_token", { id: successor?.id, deliver_to: "inline" });
    asked.add(shownIn(shown) ?? "");
  },

  async restore_package_manager({ call }) {
    for (const manager of ["npm", "pip", "docker"]) {
      await call("restore_package_manager", { manager, dry_run: true });
      while (!(await call("restore_package_manager", { manager })).isError);
    }
  },

  async revoke_token({ call }) {
    await call("revoke_token", { filter: { status: "active" } });
    await call("revoke_token", { ids: ["tok_quotes"] });
  },

  async delete_token({ call, here }) {
    await call("delete_token", { ids: (await here.tokens()).map(({ id }) => id).slice(0, 100) });
    await call("delete_token", { ids: ["tok_throws"] });
  },
};

afterEach(() => vi.restoreAllMocks());

it("every tool has its case", () => {
  expect(Object.keys(cases).sort()).toEqual(tools.map(({ name }) => name).sort());
});

describe.each<ClientOptions["era"]>(["legacy", "modern"])("with a client of the %s era", (era) => {
  it("no secret comes out that was not asked for, and that once", async () => {
    await using scene = await openScene(era);
    const { here, canaries, asked } = scene;
    for (const play of Object.values(cases)) await play(scene);
    const all = tools.map(({ name }) => name).sort();
    expect([[...scene.succeeded].sort(), [...scene.failed].sort()]).toEqual([all, all]);

    const found = foundIn(await outletsOf(here), canaries);
    expect(found.filter(({ value }) => !asked.has(value))).toEqual([]);
    expect(found.map(({ where, value }) => [where, value])).toEqual(
      [...asked].map((value) => ["frames", value]),
    );

    // That they were there to be found: in what the client was told, and where they belong.
    expect(canaries.in((await here.read("input")) ?? "")).toHaveLength(1);
    expect(await here.read("seen")).toMatch(/docker login 127\.0\.0\.1:\d+ -u admin --password-stdin/);
    expect(canaries.in((await here.read("manifest")) ?? "")).toHaveLength(2);
    expect(await here.read("seen")).toMatch(/kubectl apply --server-side .*-f -/);
    expect(canaries.in(await readFile(here.at("kept"), "utf8"))).toHaveLength(1);
    expect(canaries.count).toBeGreaterThan(Object.keys(theirs).length + 10);
    expect(await here.tree()).toMatchObject(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, `0600 ${text}`])),
    );
    // Every tool, one after the other.
  }, 120_000);

  it("an error that nobody foresaw says nothing, and the log has it without the secret", async () => {
    await using scene = await openScene(era);
    const { here, canaries, call } = scene;
    // What could go wrong at worst: the way to programs fails, and quotes what it was given.
    here.context.run = async (command, args, options = {}) => {
      throw new TypeError(
        `${command} ${args.join(" ")} < ${options.input} ${base64(`admin:${options.input}`)}`,
      );
    };
    const result = await call("configure_package_manager", { manager: "docker" });
    expect(result.error).toMatchObject({ code: "internal" });
    expect(here.faults).toEqual([expect.any(TypeError)]);
    // The token, and the login of which it is a half.
    expect(canaries.in(String(here.faults[0]))).toHaveLength(2);
    const { "log lines": lines = [], ...rest } = await outletsOf(here);
    expect(lines.join()).toMatch(/TypeError.*docker login.*\[redacted\]/);
    for (const texts of [lines, ...Object.values(rest)])
      expect(texts.flatMap((text) => canaries.in(text))).toEqual([]);
    expect((await here.tokens()).map(({ status }) => status)).toEqual(["revoked"]);
  });
});

it("a credential helper gets it on its input alone, and no file of docker's has it", async () => {
  const recall = '[ -f "$HOME/input" ] && exec cat "$HOME/input"; echo "credentials not found"; exit 1';
  const helper = `if [ "$1" = get ]; then ${recall}; fi\n${docker}`;
  await using scene = await openScene("legacy", { "docker-credential-fly": helper });
  const { here, canaries } = scene;
  await here.write(".docker/config.json", '{ "credsStore": "fly" }');
  expect((await scene.call("configure_package_manager", { manager: "docker" })).isError).toBeUndefined();
  expect(canaries.in((await here.read("input")) ?? "")).toHaveLength(1);
  expect(await here.read("seen")).toMatch(/docker-credential-fly store/);
  for (const name of ["seen", ".docker/config.json"])
    expect(canaries.in((await here.read(name)) ?? "")).toEqual([]);
});

it("a token that an agent puts where none belongs is not repeated", async () => {
  await using scene = await openScene("modern");
  const { here, call } = scene;
  await call("generate_token", { name: "kept", deliver_to: "file", deliver_path: here.at("kept") });
  const value = ((await here.read("kept")) ?? "").trim();
  const misplaced = new Canaries();
  misplaced.add(value);
  const needed = { id: "tok_1", ids: ["tok_1"], name: "ci", manager: "npm" };
  for (const { name, input, effect } of tools) {
    const known = [...Object.keys(input.shape), ...(effect === "destroy" ? ["confirmation"] : [])];
    const args = Object.fromEntries(Object.entries(needed).filter(([argument]) => known.includes(argument)));
    for (const argument of [...known, value]) {
      await call(name, { ...args, [argument]: value });
      await call(name, { ...args, [argument]: [value] });
    }
  }
  const { frames = [], "log lines": lines = [], "the registry's log": log = [] } = await outletsOf(here);
  for (const text of [...frames, ...lines, ...log]) expect([misplaced.in(text), text]).toEqual([[], text]);
});

it("nothing of a token is in the registry's own files", async () => {
  await using scene = await openScene("legacy");
  await scene.call("generate_token", { name: "ci" });
  const { here, canaries } = scene;
  const stored = Object.entries(await treeOf(here.registry.folder)).filter(
    ([name]) => !name.endsWith("admin-key"),
  );
  expect(stored.some(([, text]) => text.includes("SQLite format 3"))).toBe(true);
  for (const [name, text] of stored) expect([name, canaries.in(name + text)]).toEqual([name, []]);
});

describe("what finds secrets here", () => {
  const value = "flyt_Q7xK2mPz9RtVw4YbNc8LdHs3JfGa6Te5UoIi1XqWy0ZkMnB7";
  const canaries = new Canaries();
  canaries.add(value);
  it.each([
    value,
    `a ${value.slice(7, 25)}…`,
    encodeURIComponent(`?${value}&`),
    base64(value),
    base64(`a:${value}`),
    base64(`ab:${value}"}`),
    base64(`abc:${value}\n`),
    Buffer.from(`?>${value}`).toString("base64url"),
    join("/tmp", value),
  ])("finds %s", (text) => expect(canaries.in(text)).toEqual([value]));
  it("finds no other words", () =>
    expect(canaries.in("[secret …MnB7] flyt_Q7xK2mPz9 and base64 Zmx5dF9RN3hLMm1Q")).toEqual([]));
});
