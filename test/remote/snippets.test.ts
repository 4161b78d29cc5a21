/**
 * What configure_package_manager tells a caller on another machine, for every package manager, scope and style: lines with
 * which the client would find the token, once the placeholders are filled in, and nothing of the server's machine.
 */
import { posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import type { Ecosystem, Place, Scope, SecretStyle } from "../../src/package-managers/package-manager.ts";
import { told as configurePackageManager } from "../../tools/configure-package-manager.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import type { ToolResult } from "../support/world.ts";
import { betrayedIn, openTheirWorld, type TheirWorld } from "./their-world.ts";

const ecosystems = [...new Set(packageManagers.map(({ ecosystem }) => ecosystem))];
const elsewhere = (ecosystem: Ecosystem) =>
  ecosystem === "docker"
    ? "https://acme.example"
    : `https://acme.example/${ecosystem}${ecosystem === "nuget" ? "/index.json" : ecosystem === "pypi" ? "/simple" : ""}`;
const env = {
  FLY_TOKENS_LOCAL_ENDPOINTS: ecosystems.map((one) => `${one}=${elsewhere(one)}`).join(","),
  // What moves files on the server's machine moves none on the caller's.
  XDG_CONFIG_HOME: "/canary/xdg",
  NPM_CONFIG_USERCONFIG: "/canary/npmrc",
  PIP_CONFIG_FILE: "/canary/pip.conf",
  DOCKER_CONFIG: "/canary/docker",
  CARGO_HOME: "/canary/cargo",
  NETRC: "/canary/netrc",
  GRADLE_USER_HOME: "/canary/gradle",
  COMPOSER_HOME: "/canary/composer",
  APPDATA: "/canary/appdata",
};

let world: TheirWorld;
let call: (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;
const asked: string[] = [];
beforeAll(async () => {
  world = await openTheirWorld({
    env,
    fetch: (real) => (input, init) => {
      asked.push(String(typeof input === "object" && "url" in input ? input.url : input));
      return real(input, init);
    },
  });
  call = (await world.there.connect({ era: "modern" })).call;
});
afterAll(() => world[Symbol.asyncDispose]());

const cases = packageManagers.flatMap((manager) =>
  manager.scopes.flatMap((scope) =>
    [undefined, ...manager.styles.filter((style) => style !== "helper")].map((style) => ({
      id: manager.id,
      scope,
      style,
      manager,
    })),
  ),
);

const login = { username: "alice", token: "flyt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG" };

/** The caller's machine, with what they were told in files that held nothing. */
function theirs(scope: Scope, changes: readonly { path: string; snippet: string }[]) {
  const place: Place = {
    scope,
    home: "/users/alice",
    project_dir: "/work/shop",
    env: Object.fromEntries(
      ["FLY_TOKEN", "CARGO_REGISTRIES_FLY_TOKEN", "TWINE_PASSWORD", "POETRY_HTTP_BASIC_FLY_PASSWORD"].map(
        (name) => [name, name.startsWith("CARGO") ? `Bearer ${login.token}` : login.token],
      ),
    ),
    platform: "linux",
    store: "/users/alice/store",
    program: [],
  };
  const at = (text: string) =>
    text
      .replace(/^~(?=\/)/, place.home)
      .replace(/^PROJECT(?=\/)/, "/work/shop")
      .replaceAll("YOUR_USER", login.username)
      .replaceAll("YOUR_TOKEN", login.token);
  const files = new Map(changes.map(({ path, snippet }) => [at(path), at(snippet)]));
  return { place, files };
}

describe.each(cases)("$id, scope $scope, style $style", ({ id, scope, style, manager }) => {
  const answered = async () => {
    const result = await call("configure_package_manager", {
      manager: id,
      scope,
      permission: "read_write",
      ...(style && { secret_style: style as SecretStyle }),
    });
    expectSameFacts(result);
    return { ...answerOf(configurePackageManager, result), wire: result.wire };
  };

  it("gives what the client finds, with placeholders for the login alone", async () => {
    const { changes, steps, wire } = await answered();
    for (const { path } of changes) expect(path).toMatch(/^(~|PROJECT)\//);
    expect(wire).not.toMatch(/that-does-not-exist|caller-home|caller-project/);
    for (const word of ["the-user-of-a-token", "a-token-that-does-not"])
      for (const shift of ["", "x", "xx"]) {
        const encoded = Buffer.from(`${shift}${word}`)
          .toString("base64")
          .slice(shift.length > 0 ? 4 : 0, 20);
        expect(wire).not.toContain(encoded);
      }
    const { place, files } = theirs(scope, changes);
    const texts = new Map(manager.files(place).map((file) => [file, files.get(file) ?? null]));
    if (id === "pip" && scope === "project") texts.set("/work/shop/.venv/pyvenv.cfg", "");
    for (const file of files.keys()) expect([...texts.keys()]).toContain(file);
    const { url } = await world.here.context.use("registries").registries.endpoint(manager.ecosystem);
    if (manager.loginCommand) {
      expect(wire).not.toContain('"auth');
      expect(steps.join("\n")).toContain(
        `\`${manager.loginCommand.join(" ")} acme.example -u YOUR_USER --password-stdin\``,
      );
      return;
    }
    const { configured, secret } = manager.status(url, place, texts);
    expect([configured, secret?.reveal()]).toEqual([true, login.token]);
  });

  it("speaks of a project where one is meant", async () => {
    const { wire } = await answered();
    if (scope === "user") expect(wire).not.toMatch(/\bPROJECT\b/);
  });

  it("says what to do: mint, put, prove", async () => {
    const { steps, changes, managers } = await answered();
    expect(managers).toEqual([id]);
    expect(steps[0]).toMatch(/generate_token with \{"name":".*","permission":"read_write"\}/);
    if (changes.some(({ snippet }) => snippet.includes("YOUR_TOKEN"))) expect(steps[1]).toMatch(/600/);
    expect(steps.join("\n")).toMatch(/is set up when (GET|HEAD) https:\/\/acme\.example\//);
    expect(changes.length + (manager.loginCommand?.length ?? 0)).toBeGreaterThan(0);
  });

  it("has nothing of the server's machine in it", async () => {
    const { wire } = await answered();
    expect(wire).not.toContain("/canary");
    expect(betrayedIn([wire], world)).toEqual([]);
  });
});

it("all of that without a question to anybody, a program, a file or a token", async () => {
  expect(asked).toEqual([]);
  expect(world.started).toEqual([]);
  expect(await world.tokens()).toEqual([]);
  expect(betrayedIn(world.there.said, world)).toEqual([]);
});

it("several that share a file are told it once", async () => {
  const { changes } = answerOf(
    configurePackageManager,
    await call("configure_package_manager", { manager: "npm,yarn,bun" }),
  );
  expect(changes.filter(({ path }) => path === "~/.npmrc")).toHaveLength(1);
});

it("where other systems have the file is said", async () => {
  const { text } = await call("configure_package_manager", { manager: "pip" });
  expect(text).toContain("~/.config/pip/pip.conf is ~/Library/Application Support/pip/pip.conf on macOS");
  expect(text).toContain("%APPDATA%\\pip\\pip.ini on Windows");
});

it("what generate_token is to be asked for is what was asked for", async () => {
  const args = { manager: "npm", expires: "7d", permission: "read_write" };
  const { text } = await call("configure_package_manager", args);
  expect(text).toContain('{"name":"npm","permission":"read_write","expires":"7d"}');
  expectRefusal(await call("configure_package_manager", { ...args, environment: "moon" }), "not_found");
});

it("a registry on the server's loopback is of no use elsewhere, and that is said", async () => {
  await using other = await openTheirWorld();
  const { call: ask } = await other.there.connect({ era: "modern" });
  const { warnings } = answerOf(
    configurePackageManager,
    await ask("configure_package_manager", { manager: "npm" }),
  );
  expect(warnings.join()).toMatch(/127\.0\.0\.1:\d+ is the server's own name for itself/);
  // Clients that want https say so, with no path of anybody's.
  const refused = await ask("configure_package_manager", { manager: "docker,terraform" });
  expectRefusal(refused, "unsupported");
  expect(posix.isAbsolute(refused.text)).toBe(false);
});
