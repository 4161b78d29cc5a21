/** The style `helper`, and helpers of the user's, for all clients of docker's format. */
import { describe, expect, it } from "vitest";
import { docker } from "../../src/package-managers/docker.ts";
import type { Target } from "../../src/package-managers/package-manager.ts";
import { podman } from "../../src/package-managers/podman.ts";
import { Problem } from "../../src/problem.ts";
import type { Run, RunOptions, RunResult } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const host = "acme.example";
const file = "/users/alice/.docker/config.json";
const { store } = placeOf();
const auth = Buffer.from(`alice:${token}`).toString("base64");
const target: Target = { url: host, username: "alice", secret: new Secret(token), style: "helper" };
const stored = (login: string) =>
  JSON.stringify({ credentials: { [host]: { username: "alice", token: login } } });

function plan(config: object, over: Partial<Target> = {}, inStore?: string) {
  const place = placeOf();
  const files = { [file]: JSON.stringify(config), ...(inStore && { [store]: inStore }) };
  const draft = docker.plan({ ...target, ...over }, place, textsOf(docker, place, files));
  const texts: Record<string, string | null> = { ...files, ...written(draft) };
  return {
    config: JSON.parse(texts[file] ?? ""),
    store: texts[store] ? JSON.parse(texts[store]) : undefined,
    warnings: draft.warnings,
  };
}

/** What was started, and answers in its place. */
function programs(answer: (command: string, action: string) => Partial<RunResult>) {
  const started: { command: string; args: readonly string[]; options: RunOptions | undefined }[] = [];
  const run: Run = async (command, args, options) => {
    started.push({ command, args, options });
    return { code: 0, stdout: "", stderr: "", ...answer(command, args[0] ?? "") };
  };
  return { started, run };
}

describe("our helper", () => {
  it("is named for the host, the store has the login, and what a former login left is gone", () => {
    const before = {
      auths: { [host]: { auth }, "other.example": {} },
      credHelpers: { "third.example": "gcloud" },
    };
    expect(plan(before)).toMatchObject({
      config: {
        auths: { [host]: {}, "other.example": {} },
        credHelpers: { "third.example": "gcloud", [host]: "fly-tokens" },
      },
      store: { credentials: { [host]: { username: "alice", token } } },
    });
    expect(plan({})).toMatchObject({ config: { credHelpers: { [host]: "fly-tokens" } } });
  });

  it("outranks the user's store for this host alone, and stays when no style is named", () => {
    const before = { credsStore: "desktop" };
    const { config } = plan(before);
    expect(config).toEqual({ ...before, credHelpers: { [host]: "fly-tokens" } });
    expect(plan(config, { style: undefined }).config).toEqual(config);
  });

  it("does not take the place of another helper for the host", () => {
    expect(refusalOf(() => plan({ credHelpers: { [host]: "gcloud" } }))).toBe("conflict");
  });

  it("leaves for a login in the file, or in the user's store", () => {
    const ours = { credHelpers: { [host]: "fly-tokens" } };
    expect(plan(ours, { style: "value" }, stored("old-token")).config.auths).toEqual({ [host]: { auth } });
    expect(plan({ ...ours, credsStore: "desktop" }, { style: "value" }).config).toEqual({
      credHelpers: {},
      credsStore: "desktop",
      auths: { [host]: {} },
    });
  });

  it("comes with a word where other clients share the login", () => {
    expect(plan({}, {}, stored("another-token")).warnings.join()).toMatch(/^Every client that asks/);
    expect(plan({}, {}, stored(token)).warnings).toEqual([]);
  });

  it("is found with the secret that it would give; without one it is not set up", () => {
    const place = placeOf();
    const found = (files: Record<string, string>) =>
      docker.status(host, place, textsOf(docker, place, files));
    const config = { [file]: JSON.stringify({ credHelpers: { [host]: "fly-tokens" } }) };
    const { secret, ...rest } = found({ ...config, [store]: stored(token) });
    expect([secret?.reveal(), rest.configured, rest.where]).toEqual([token, true, store]);
    expect(found(config)).toMatchObject({ configured: false });
  });

  it("has to answer before anything is minted, from a folder that stays on PATH", async () => {
    const env = { PATH: "/projects/app/node_modules/.bin:/usr/bin:/cache/_npx/1/node_modules/.bin" };
    const place = placeOf({ env });
    const texts = textsOf(docker, place);
    const { run, started } = programs(() => ({ stdout: "{}\n" }));
    await docker.ready?.(target, place, texts, run);
    expect(started).toMatchObject([{ command: "docker-credential-fly-tokens", args: ["list"] }]);
    expect(started[0]?.options?.env?.PATH).toBe("/usr/bin");
    for (const answer of [{ code: 1 }, { stdout: "" }, { stdout: "Usage: …" }])
      await expect(docker.ready?.(target, place, texts, programs(() => answer).run)).rejects.toMatchObject({
        code: "command_failed",
      });
    const none: Run = () => Promise.reject(new Problem("not_found", "Not there.", "Install it."));
    await expect(docker.ready?.(target, place, texts, none)).rejects.toMatchObject({
      code: "not_found",
      fix: expect.stringMatching(/secret_style "value"/),
    });
    await expect(docker.ready?.({ ...target, style: "value" }, place, texts, none)).resolves.toBeUndefined();
  });

  it("is not told to forget by an undo, which puts back the store itself", async () => {
    const { run, started } = programs(() => ({}));
    const place = placeOf();
    await docker.logout?.(
      host,
      place,
      textsOf(docker, place, { [file]: `{"credHelpers":{"${host}":"fly-tokens"}}` }),
      run,
    );
    expect(started).toEqual([]);
  });
});

describe("a helper of the user's", () => {
  const place = placeOf();
  const texts = textsOf(docker, place, { [file]: '{"credsStore":"vault"}' });
  const ask = (answer: Partial<RunResult>) => docker.stored?.(host, place, texts, programs(() => answer).run);

  it("is asked for the login on its input, and what it says is a secret", async () => {
    const { run, started } = programs(() => ({
      stdout: JSON.stringify({ ServerURL: host, Username: "alice", Secret: token }),
    }));
    const found = await docker.stored?.(host, place, texts, run);
    expect([found?.username, found?.secret.reveal(), JSON.stringify(found)]).toEqual([
      "alice",
      token,
      expect.not.stringContaining(token),
    ]);
    expect(started).toMatchObject([
      { command: "docker-credential-vault", args: ["get"], options: { input: host } },
    ]);
  });

  it("may have none, or an identity token, which is no password", async () => {
    expect(await ask({ code: 1, stdout: "credentials not found in native keychain\n" })).toBeUndefined();
    expect(await ask({ stdout: '{"Username":"<token>","Secret":"an-identity-token"}' })).toBeUndefined();
  });

  it("that fails, or says what is not JSON, is quoted without secrets", async () => {
    for (const answer of [{ code: 1, stderr: `locked ${token}` }, { stdout: `${token} it is` }])
      await expect(ask(answer)).rejects.toMatchObject({
        code: "command_failed",
        message: expect.not.stringContaining(token),
      });
  });

  it("is given the token by podman on its input, never as an argument; without one nothing is started", async () => {
    const auths = "/users/alice/.config/containers/auth.json";
    const files = textsOf(podman, place, { [auths]: `{"credHelpers":{"${host}":"vault"}}` });
    const { run, started } = programs(() => ({}));
    await podman.login?.({ ...target, style: undefined }, place, files, run);
    expect(started).toMatchObject([{ command: "docker-credential-vault", args: ["store"] }]);
    expect(JSON.stringify([started[0]?.command, started[0]?.args])).not.toContain(token);
    expect(started[0]?.options?.input).toContain(token);
    await podman.login?.({ ...target, style: "value" }, place, textsOf(podman, place), run);
    expect(started).toHaveLength(1);
  });
});
