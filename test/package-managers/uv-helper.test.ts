/** uv with our keyring program: what is written, and when uv takes something else. */
import { expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { uv } from "../../src/package-managers/uv.ts";
import { Secret } from "../../src/secret.ts";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { answerOf } from "../support/answers.ts";
import { openMachine } from "../support/machine.ts";
import { placeOf, refusalOf, token, written } from "./place.ts";
import { entry, file, login, netrc, plan, project, pyproject, settings, upload, url } from "./uv-setting.ts";

const program = "/users/alice/.local/share/fly-tokens/bin/keyring";
const store = "/users/alice/.local/share/fly-tokens/credentials.json";
const logins = "/users/alice/.local/share/uv/credentials/credentials.toml";
const named = entry.replaceAll("https://", "https://alice@");
const script = `#!/bin/sh\nexec '/opt/node' '/opt/fly-tokens/main.js' 'credential-helper' 'keyring' '--store' '${store}' "$@"\n`;
const settled = { [file]: `keyring-provider = "subprocess"\n\n${named}` };
const ours = { ...settled, [program]: script, [store]: stored(token) };
const helper = { style: "helper" } as const;

function stored(value: string): string {
  const one = { username: "alice", token: value };
  return JSON.stringify({ credentials: { [url]: one, [upload]: one } });
}

it("uv asks our keyring program; its file holds the user's name alone, and the store what is asked for", () => {
  const draft = plan({ [file]: '# mine\nnative-tls = true\n\n[pip]\nno-binary = ["a"]\n' }, helper);
  const files = written(draft);
  expect(files[file]).toBe(
    `# mine\nnative-tls = true\nkeyring-provider = "subprocess"\n\n[pip]\nno-binary = ["a"]\n\n${named}`,
  );
  expect(files[program]).toBe(script);
  expect(draft.changes.find(({ path }) => path === program)?.executable).toBe(true);
  expect(JSON.parse(files[store] ?? "")).toEqual(JSON.parse(stored(token)));
  expect(files).not.toHaveProperty([netrc]);
  expect(draft.warnings.join()).toMatch(/^uv asks .+ only where .+ is first on PATH/);
});

it("the helper gives a project no user's name, and leaves the setting to the user's own file", () => {
  const draft = plan({ [pyproject]: "" }, helper, project);
  const files = written(draft);
  expect(files[pyproject]).toBe(entry.replace("[[index]]", "[[tool.uv.index]]"));
  expect(files[file]).toBe('keyring-provider = "subprocess"\n');
  expect(draft.warnings.join()).toMatch(/names no user: .+UV_PUBLISH_USERNAME/);
});

it("the helper stays when the token is renewed, and is left when another is asked for", () => {
  expect(Object.keys(written(plan(ours, { secret: new Secret("flyt_next-0123456789") })))).toEqual([store]);
  expect(written(plan(ours, { style: "reference" }))[file]).toBe(
    `keyring-provider = "subprocess"\n\n${entry}`,
  );
});

it.each<[string, Record<string, string>, Partial<Target>, Partial<Place>, string]>([
  ["netrc has a login of the user's", { [netrc]: login }, {}, {}, "conflict"],
  ["uv auth login has one", { [logins]: kept("https://acme.example/", "alice") }, {}, {}, "conflict"],
  ["another keyring is asked", { [file]: 'keyring-provider = "native"\n' }, {}, {}, "conflict"],
  ["uv would not find it", {}, {}, { platform: "win32", home: "C:\\al" }, "unsupported"],
])("the helper is refused where %s", (_, files, over, where, code) => {
  expect(refusalOf(() => plan(files, { ...over, ...helper }, where))).toBe(code);
});

it("the helper does not mind a login of somebody else's, which uv passes over", () => {
  const files = { [netrc]: "machine acme.example login bob password keep-me\n" };
  expect(refusalOf(() => plan(files, helper))).toBeUndefined();
});

it.each<[string, Record<string, string>, Partial<Place>, string | undefined, RegExp]>([
  ["what our program says", {}, {}, store, /^uv asks .+keyring only where/],
  ["nothing without the program", { [program]: "" }, {}, undefined, /our keyring program has none/],
  ["nothing for another user", { [store]: stored("").replaceAll("alice", "bob") }, {}, undefined, /has none/],
  [
    "nothing where a variable switches it off",
    {},
    { env: { UV_KEYRING_PROVIDER: "disabled" } },
    undefined,
    /UV_KEYRING_PROVIDER sets the keyring-provider disabled.+uv asks no keyring/,
  ],
  [
    "nothing where the project switches it off",
    { [settings]: 'keyring-provider = "disabled"' },
    { project_dir: "/users/alice/shop" },
    undefined,
    /shop\/uv\.toml sets the keyring-provider disabled/,
  ],
  ["netrc's before it", { [netrc]: login }, {}, netrc, /netrc has a login of alice's/],
  ["no login of another's in netrc", { [netrc]: login.replace("alice", "bob") }, {}, store, /^uv asks/],
  [
    "uv's own login before it",
    { [logins]: kept("https://acme.example/artifactory", "alice") },
    {},
    logins,
    /credentials\.toml has a login of alice's/,
  ],
  ["no login for another host", { [logins]: kept("https://b.example", "alice") }, {}, store, /^uv asks/],
  [
    "another setting for uv pip alone",
    { [file]: `${settled[file]}\n[pip]\nkeyring-provider = "disabled"\n` },
    {},
    store,
    /another keyring-provider for `uv pip`, disabled/,
  ],
])("uv comes with %s", (_, more, where, from, sentence) => {
  const files = Object.entries({ ...ours, ...more }).filter(([, text]) => text !== "");
  const found = uv.status(url, placeOf(where), new Map(files));
  expect([found.where, found.configured]).toEqual([from, from !== undefined]);
  expect([...found.shadowed_by, ...found.warnings].join()).toMatch(sentence);
});

function kept(service: string, username: string): string {
  return `[[credential]]\nservice = "${service}"\nusername = "${username}"\nscheme = "basic"\npassword = "keep-me"\n`;
}

it("check_package_manager finds the helper's token, and what comes before it", async () => {
  await using here = await openMachine();
  const { token, restore_id = "" } = await here.setUp({ manager: "uv", secret_style: "helper" });
  const check = async () =>
    answerOf(checkPackageManager, await here.call("check_package_manager", { manager: "uv" }))
      .package_managers[0];
  const ours = { configured: true, token: { id: token?.id, status: "active" }, works: { ok: true } };
  expect(await check()).toMatchObject({ ...ours, shadowed_by: [] });
  await here.write(".netrc", "machine 127.0.0.1 login admin password stale-0123456789\n");
  expect(await check()).toMatchObject({
    works: { ok: false, status: 401 },
    shadowed_by: [expect.stringContaining("which uv prefers to a keyring's")],
  });
  await here.write(".netrc", "");
  await here.registry.call("POST", `/tokens/${token?.id}/revoke`);
  expect(await check()).toMatchObject({ token: { id: token?.id, status: "revoked" }, works: { ok: false } });
  await here.call("restore_package_manager", { restore_id });
  expect(await here.tree()).toEqual({ ".netrc": "0600 " });
});
