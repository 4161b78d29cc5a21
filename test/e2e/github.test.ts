/** A secret of GitHub Actions, with the bundle: libsodium in it, and the real gh. What stands for GitHub opens what it is sent. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { type FakeGithub, startFakeGithub } from "../fakes/github/fake.ts";
import { type Agent, agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { openMachine } from "./machine.ts";
import { certificate } from "./servers/guarded.ts";

type Env = (fake: FakeGithub, tls: { host: string; cert: string }) => Record<string, string>;

async function openScene(env: Env) {
  const fake = await startFakeGithub();
  const machine = await openMachine();
  const { key, cert } = certificate(machine.path);
  const tls = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    const plain = connect(Number(new URL(fake.url).port), "127.0.0.1");
    for (const [one, other] of [
      [socket, plain],
      [plain, socket],
    ] as const)
      one.on("error", () => other.destroy()).pipe(other);
  });
  await once(tls.listen(0, "127.0.0.1"), "listening");
  const host = `localhost:${(tls.address() as AddressInfo).port}`;
  const agent = await agentOn(machine, { env: env(fake, { host, cert }) });
  return {
    fake,
    deliver: (args: Record<string, unknown>): ReturnType<Agent["call"]> =>
      agent.call("generate_token", { name: "ci", deliver_to: "github_actions", ...args }),
    async statuses() {
      const { tokens } = (await agent.call("list_tokens")).data as { tokens: { status: string }[] };
      return tokens.map(({ status }) => status);
    },
    /** Who the registry takes the bearer for. */
    async answers(value = "") {
      const headers = { authorization: `Bearer ${value}` };
      return (await fetch(`${machine.url}/artifactory/api/npm/npm/-/whoami`, { headers })).status;
    },
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      tls.close();
      await machine[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** The same for both: there is one way to be a secret of a repository. */
async function expectSecrets(env: Env, environment: string): Promise<void> {
  await using scene = await openScene(env);
  const { fake, deliver, answers } = scene;
  fake.repositories["acme/web"]?.push(environment);
  for (const place of ["acme/web", `acme/web/${environment}`]) {
    const result = await deliver({ deliver_in: place, deliver_name: "npm_token" });
    expect(result.isError, result.text).toBe(false);
    const value = fake.secrets.get(`${place}/NPM_TOKEN`);
    expect(await answers(value)).toBe(200);
    expect(JSON.stringify(result)).not.toContain(value);
    expect((await deliver({ deliver_in: place, deliver_name: "npm_token" })).code).toBe("conflict");
  }
  expect((await deliver({ deliver_in: "acme/other" })).code).toBe("not_found");
  expect((await deliver({ deliver_in: "acme/web/other" })).code).toBe("not_found");
  expect(await scene.statuses()).toEqual(["active", "active"]);

  fake.faults.put = { status: 403, body: { message: "Resource not accessible" } };
  const refused = await deliver({ deliver_in: "acme/web" });
  expect(refused).toMatchObject({ code: "forbidden", text: expect.stringMatching(/Resource not.*revoked/) });
  expect(refused.text).not.toContain("may hold");
  fake.faults.put = { status: 502, body: { message: "Bad gateway" } };
  const lost = await deliver({ deliver_in: "acme/web" });
  expect(lost.text).toMatch(/Bad gateway.*it may hold a value that is dead.*was revoked/);
  expect((await scene.statuses()).sort()).toEqual(["active", "active", "revoked", "revoked"]);

  fake.token = "another";
  expect((await deliver({ deliver_in: "acme/web" })).code).toBe("unauthorized");
  expect(fake.violations).toEqual([]);
}

describe("a secret of GitHub Actions", () => {
  test("by the REST API", () =>
    expectSecrets(
      ({ url, token }) => ({ GITHUB_API_URL: url, FLY_TOKENS_GITHUB_TOKEN: token }),
      "a/b (c)? #1%",
    ));
});

describeWith(["gh"], "a secret of GitHub Actions", () => {
  test("by gh", () =>
    expectSecrets(
      ({ token }, { host, cert }) => ({
        GITHUB_API_URL: `https://${host}/api/v3`,
        GH_ENTERPRISE_TOKEN: token,
        SSL_CERT_FILE: cert,
      }),
      `a b&c (d) ü+y;e=f,g'h"i<j>[k]`,
    ));
});
