/** Programs of our own stand in for docker and its helpers, found on PATH as the real ones are. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { docker } from "../../src/package-managers/docker.ts";
import type { Target } from "../../src/package-managers/package-manager.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, textsOf, token } from "./place.ts";

const target: Target = {
  url: "acme.example:8443",
  path: "docker",
  username: "alice",
  secret: new Secret(token),
};
const withHelper = '{"credHelpers":{"acme.example:8443":"fly"}}';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "docker-login-test-"));
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "tmp"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that keeps its arguments, its input and its configuration, then does what the script says. */
async function program(name: string, script = ""): Promise<void> {
  const keep = `printf '%s\\n' "$@" > "${folder}/${name}.args"; /bin/cat > "${folder}/${name}.stdin"; [ -n "$DOCKER_CONFIG" ] && /bin/cat "$DOCKER_CONFIG/config.json" > "${folder}/${name}.config"`;
  const path = join(folder, "bin", name);
  await writeFile(
    path,
    `#!/bin/sh\n${keep}\nprintf '%s' "$DOCKER_CONFIG" > "${folder}/${name}.folder"; printf '%s' "$DOCKER_CONTEXT$DOCKER_AUTH_CONFIG" > "${folder}/${name}.env"\n${script}\n`,
  );
  await chmod(path, 0o755);
}

const kept = (name: string) => readFile(join(folder, name), "utf8");

function place() {
  const env = {
    PATH: join(folder, "bin"),
    DOCKER_CONFIG: join(folder, "docker"),
    DOCKER_CONTEXT: "desktop-linux",
    DOCKER_AUTH_CONFIG: "{}",
  };
  return placeOf({ home: folder, env });
}

const login = (text = "{}") =>
  docker.login?.(
    target,
    place(),
    textsOf(docker, place(), { [join(folder, "docker/config.json")]: text }),
    run,
  );
const logout = (text: string) =>
  docker.logout?.(
    target.url,
    place(),
    textsOf(docker, place(), { [join(folder, "docker/config.json")]: text }),
    run,
  );

describe("with the docker CLI", () => {
  it("logs in with the secret on stdin and a configuration of its own, which is gone afterwards", async () => {
    await program("docker");
    await login('{"HttpHeaders":{"X":"y"},"auths":{"other.example":{"auth":"Ym9iOmtlZXA="}}}');
    expect((await kept("docker.args")).split("\n")).toEqual([
      "login",
      "acme.example:8443",
      "-u",
      "alice",
      "--password-stdin",
      "",
    ]);
    expect(await kept("docker.stdin")).toBe(token);
    expect(JSON.parse(await kept("docker.config"))).toEqual({ auths: { "placeholder.invalid": {} } });
    expect(await kept("docker.env")).toBe("");
    const used = await kept("docker.folder");
    expect(used).not.toBe(join(folder, "docker"));
    await expect(readdir(used)).rejects.toThrow("ENOENT");
  });

  it.each([withHelper, '{"credsStore":"fly"}'])("names the helper of this host alone: %s", async (text) => {
    await program("docker");
    await login(text);
    expect(JSON.parse(await kept("docker.config"))).toMatchObject({
      credHelpers: { "acme.example:8443": "fly" },
    });
  });

  it.each([
    [
      "unauthorized",
      "Error response from daemon: Get https://acme.example/v2/: unauthorized: incorrect username or password",
    ],
    ["command_failed", "Error saving credentials: exec: docker-credential-fly: executable file not found"],
  ])(
    "ends in %s when it is refused, quoting docker without log lines and without the secret",
    async (code, words) => {
      await program(
        "docker",
        `echo 'time="2026-01-01" level=info msg="401"' >&2; echo '${words} (${token})' >&2; exit 1`,
      );
      await expect(login()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
      await expect(login()).rejects.toMatchObject({ message: expect.not.stringMatching(/time=|flyt_/) });
      await expect(readdir(await kept("docker.folder"))).rejects.toThrow("ENOENT");
    },
  );
});

describe("without the docker CLI", () => {
  it("tells the helper, by its protocol", async () => {
    await program("docker-credential-fly");
    await login(withHelper);
    expect(await kept("docker-credential-fly.args")).toBe("store\n");
    expect(JSON.parse(await kept("docker-credential-fly.stdin"))).toEqual({
      ServerURL: "acme.example:8443",
      Username: "alice",
      Secret: token,
    });
  });

  it("does nothing without a helper, because the file has everything", async () => {
    await expect(login()).resolves.toBeUndefined();
  });

  it("says so when the helper is not installed", async () => {
    await expect(login(withHelper)).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("docker-credential-fly"),
    });
  });

  it("says so when the helper fails", async () => {
    await program("docker-credential-fly", `echo 'the keychain is locked ${token}'; exit 1`);
    await expect(login(withHelper)).rejects.toMatchObject({
      code: "command_failed",
      message: expect.stringMatching(/keychain is locked \[redacted\]/),
    });
  });
});

describe("logging out", () => {
  it("makes the helper forget the host", async () => {
    await program("docker-credential-fly");
    await logout(withHelper);
    expect([await kept("docker-credential-fly.args"), await kept("docker-credential-fly.stdin")]).toEqual([
      "erase\n",
      "acme.example:8443",
    ]);
  });

  it("is content when the helper has nothing", async () => {
    await program("docker-credential-fly", "echo 'credentials not found in native keychain'; exit 1");
    await expect(logout(withHelper)).resolves.toBeUndefined();
  });

  it("says so when the helper fails, and starts nothing without one", async () => {
    await program("docker-credential-fly", "echo 'the keychain is locked' >&2; exit 1");
    await expect(logout(withHelper)).rejects.toMatchObject({ code: "command_failed" });
    await expect(logout("{}")).resolves.toBeUndefined();
  });
});

it("refuses hostile values before anything is started", async () => {
  await program("docker");
  for (const over of [{ username: "--debug" }, { url: "--config=/tmp" }, { secret: new Secret("a\nb") }]) {
    await expect(
      docker.login?.({ ...target, ...over }, place(), textsOf(docker, place()), run),
    ).rejects.toMatchObject({ code: "invalid_input" });
  }
  await expect(kept("docker.args")).rejects.toThrow("ENOENT");
});
