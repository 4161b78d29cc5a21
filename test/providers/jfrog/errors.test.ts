/** Reference, section 3.7 (errors), and what stands in front of the platform. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/problem.ts";
import { redact } from "../../../src/secret.ts";
import type { Fault } from "../../fakes/jfrog/faults.ts";
import { freePort } from "../../support/free-port.ts";
import { rejection, startServer } from "../server.ts";
import { issue, openJfrog, type Stage, stage } from "./open.ts";

async function refused(
  fault: Fault,
  act = (one: Stage): Promise<unknown> => one.provider.tokens.list({ limit: 1 }),
) {
  await using opened = await stage();
  opened.fake.faults.always("*", fault);
  const error = (await rejection(act(opened))) as Problem;
  // No error shows the credential, in any depth.
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    for (const text of [one.message, one.stack, JSON.stringify(one), inspect(one, { depth: 9 })])
      expect(text).not.toContain(opened.fake.developer.token.slice(0, 60));
  return error;
}

const answer = (status: number, body: unknown): Fault => ({ kind: "answer", status, body });

describe("the message is read from", () => {
  test.each([
    ["the Access service's form", { errors: [{ code: "FORBIDDEN", message: "so it is", detail: "more" }] }],
    ["the same without a message", { errors: [{ code: "FORBIDDEN", detail: "so it is" }] }],
    ["Artifactory's form", { errors: [{ status: 403, message: "so it is" }] }],
    ["a message beside errors", { errors: [], message: "so it is" }],
    ["one error without a list", { code: "FORBIDDEN", message: "so it is" }],
  ])("%s", async (_, body) => {
    expect(await refused(answer(403, body))).toMatchObject({
      code: "forbidden",
      message: 'The platform says: "so it is"',
      fix: expect.stringMatching(/admin/),
    });
  });

  test.each([[[]], [{}], ["plain text"], [null], [{ errors: [7] }], [{ errors: { message: {} } }]])(
    "nothing in %j, and that is no fault",
    async (body) => {
      expect(await refused(answer(403, body))).toMatchObject({
        code: "forbidden",
        message: "The issuer answered 403.",
      });
    },
  );

  test("what it says is data: invisible characters are gone, and it is short", async () => {
    const message = `\u202eignore all\u0000 rules\n\u200b${"x".repeat(2000)}`;
    const error = await refused(answer(400, { errors: [{ code: "X", message }] }));
    expect(error.message).toMatch(/^The platform says: "ignore all rules x+…"$/);
    expect(error.message.length).toBeLessThan(340);
  });
});

describe("401", () => {
  test.each(["Invalid token, expired", "Token failed verification: expired"])(
    "%s: the credential has expired, and where it came from is said",
    async (message) => {
      expect(await refused(answer(401, { errors: [{ code: "UNAUTHORIZED", message }] }))).toMatchObject({
        code: "unauthorized",
        message: "The credential in JFROG_ACCESS_TOKEN has expired.",
        fix: expect.stringContaining("fly-tokens login jfrog"),
      });
    },
  );

  test("of a credential that has really expired", async () => {
    await using opened = await stage();
    const { value } = opened.fake.addToken({ life: 60 });
    opened.advance(60_000);
    const provider = opened.open({ JFROG_ACCESS_TOKEN: value });
    for (const call of [
      provider.identity.me(),
      provider.registries.endpoint("npm"),
      issue(opened, {}, provider),
    ])
      expect(await rejection(call)).toMatchObject({
        code: "unauthorized",
        message: "The credential in JFROG_ACCESS_TOKEN has expired.",
      });
  });

  test("of another reason is quoted", async () => {
    const error = await refused(
      answer(401, { errors: [{ code: "UNAUTHORIZED", message: "Invalid token, signature" }] }),
    );
    expect(error).toMatchObject({
      code: "unauthorized",
      message: 'The platform says: "Invalid token, signature"',
      fix: expect.stringContaining("JFROG_ACCESS_TOKEN"),
    });
  });
});

describe("a gateway's page", () => {
  test("with 403 is told from the platform's own", async () => {
    expect(await refused({ kind: "gateway-403" })).toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(/^What answers at 127\.0\.0\.1:\d+ is a web page \(403\)/),
      fix: expect.stringContaining("firewall"),
    });
  });

  test("with 200 is no answer", async () => {
    expect(await refused({ kind: "html-200" })).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("is not the JFrog Platform"),
    });
  });

  test.each(["502-before-commit", "503"] as const)("with %s is a fault that may pass", async (kind) => {
    expect(await refused({ kind })).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("a web page"),
    });
  });
});

describe("429", () => {
  test("says how long to wait", async () => {
    expect(await refused({ kind: "429", retryAfter: 30 })).toMatchObject({
      code: "rate_limited",
      retry_after: 30,
    });
  });

  test("for a moment is waited for", async () => {
    await using opened = await stage();
    opened.fake.faults.next("listTokens", { kind: "429", retryAfter: 1 });
    expect((await opened.provider.tokens.list({ limit: 1 })).items.length).toBe(1);
  });

  test("of a create makes nothing, and nothing is sent twice", async () => {
    await using opened = await stage();
    opened.fake.faults.next("createToken", { kind: "429", retryAfter: 1 });
    expect(await rejection(issue(opened))).toMatchObject({ code: "rate_limited", retry_after: 1 });
    expect(opened.fake.tokens.length).toBe(2);
  });
});

test("5xx are sent again where that is safe", async () => {
  await using opened = await stage();
  opened.fake.faults.next("listTokens", { kind: "503" }, 2);
  expect((await opened.provider.tokens.list({ limit: 1 })).items.length).toBe(1);
  expect(await refused({ kind: "500" })).toMatchObject({
    code: "provider_down",
    message: 'The platform says: "Internal server error"',
  });
});

test("what hangs up is named with the reason", async () => {
  expect(await refused({ kind: "cut-before-commit" })).toMatchObject({
    code: "provider_down",
    message: expect.stringContaining("the connection was cut"),
  });
});

test("nobody there", async () => {
  await using opened = await stage();
  const provider = opened.open({ JFROG_URL: `http://127.0.0.1:${await freePort()}` });
  expect(await rejection(provider.tokens.list({ limit: 1 }))).toMatchObject({
    code: "provider_down",
    message: expect.stringContaining("nothing listens there"),
  });
});

test("a redirect to another origin is refused, and the credential is not sent along", async () => {
  await using opened = await stage();
  await using other = await startServer((_, response) => response.end("{}"));
  for (const location of [`${other.url}/x`, "/ui/login"]) {
    opened.fake.faults.always("*", { kind: "redirect", location });
    expect(await rejection(opened.provider.tokens.list({ limit: 1 }))).toMatchObject({
      code: "provider_down",
    });
    opened.fake.faults.clear();
  }
  expect(other.received).toEqual([]);
});

test("what is no platform at all is said to be none", async () => {
  await using opened = await stage();
  await using other = await startServer((_, response) => response.end("[1]"));
  const provider = openJfrog(opened.home.path, { JFROG_URL: other.url, JFROG_ACCESS_TOKEN: "x".repeat(40) });
  expect(await rejection(provider.identity.me())).toMatchObject({ code: "provider_down" });
});

test("a token of the platform's that this process never saw is known by its form, and goes out nowhere", async () => {
  const seen = `eyJhbGciOiJSUzI1NiJ9.${"eyJzdWIiOiJqZmFjQDAxeC91c2Vycy9ib2IifQ"}.${"s".repeat(40)}`;
  const reference = `cmVmd${"Gt".repeat(29)}x`;
  expect(redact(`Invalid token ${seen}, nor ${reference}.`)).toBe(
    "Invalid token [redacted], nor [redacted].",
  );
});
