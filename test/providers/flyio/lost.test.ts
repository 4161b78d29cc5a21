import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/problem.ts";
import type { IssueRequest } from "../../../src/providers/provider.ts";
import type { Fault } from "../../fakes/flyio/faults.ts";
import { rejection } from "../server.ts";
import { type Flyio, inDays, type Stage, stage } from "./open.ts";

type Part = Partial<IssueRequest>;

function issue(opened: Stage, part: Part = {}, provider: Flyio = opened.provider) {
  return provider.tokens.issue({
    name: "ci",
    permission: "read_only",
    expires_at: inDays(opened.now()),
    ...part,
  });
}

const active = ({ fake }: Stage) => fake.tokens.filter(({ revokedAt }) => !revokedAt);
const creates = ({ fake }: Stage) => fake.requests.filter(({ name }) => name === "CreateToken").length;

/** After these a token is there, and nobody has its value. */
const losses: Fault[] = [{ kind: "502-after-commit" }, { kind: "cut-after-commit" }];
/** After these there is none, but that cannot be told. */
const failures: Fault[] = [
  { kind: "502-before-commit" },
  { kind: "cut-before-commit" },
  { kind: "graphql-error", message: "An unknown error occurred.", code: "SERVER_ERROR" },
];

describe.each<Part>([
  {},
  { flyio: { app: "web" } },
  { flyio: { app: "web" }, permission: "read_write" },
  { idempotency_key: "k" },
])("when the answer to a create is lost, %j", (part) => {
  test.each(losses)("by $kind, what was made is revoked, and another one is made", async (fault) => {
    await using opened = await stage();
    opened.fake.faults.next("CreateToken", fault);
    const { token, secret } = await issue(opened, part);
    expect(secret).toBeDefined();
    expect(active(opened).map(({ id }) => id)).toEqual([token.id]);
    expect(opened.fake.tokens.length).toBe(2);
    expect(
      opened.fake.verify(secret?.reveal() ?? "", { org_slug: "acme", app_name: "web", action: "r" }),
    ).toEqual({
      allowed: true,
      because: [],
    });
  });

  test.each(failures)("by $kind, another one is made", async (fault) => {
    await using opened = await stage();
    opened.fake.faults.next("CreateToken", fault);
    const { token } = await issue(opened, part);
    expect(opened.fake.tokens.map(({ id }) => id)).toEqual([token.id]);
  });

  test.each([...losses, ...failures])(
    "by $kind again and again, nothing is left, and it is said",
    async (fault) => {
      await using opened = await stage();
      opened.fake.faults.always("CreateToken", fault);
      expect(await rejection(issue(opened, part))).toMatchObject({
        code: "provider_down",
        message: expect.stringContaining("No token of this call is left."),
      });
      expect(active(opened)).toEqual([]);
      expect(creates(opened)).toBe(3);
    },
  );
});

describe("when nobody can look after a lost answer", () => {
  test("it is said what to look for", async () => {
    await using opened = await stage();
    opened.fake.faults.next("CreateToken", { kind: "cut-after-commit" });
    opened.fake.faults.always("TokensOfOrganization", { kind: "502-before-commit" });
    const error = (await rejection(issue(opened))) as Problem;
    expect(error).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining("is not known"),
      fix: expect.stringMatching(/"\[readonly\] ci".*list_tokens/),
    });
    expect(creates(opened)).toBe(1);
  });

  test("or revoke, the token that is left is named", async () => {
    await using opened = await stage();
    opened.fake.faults.next("CreateToken", { kind: "cut-after-commit" });
    opened.fake.faults.always("DeleteToken", { kind: "502-before-commit" });
    const error = (await rejection(issue(opened))) as Problem;
    const [left] = opened.fake.tokens;
    expect(error).toMatchObject({
      code: "provider_down",
      message: expect.stringContaining(left?.id ?? "?"),
      fix: expect.stringContaining("revoke_token"),
    });
    expect(JSON.stringify([error, String(error)])).not.toContain(left?.header.slice(6, 60));
  });

  test("and Fly.io says that it revoked it but did not, that is said as well", async () => {
    await using opened = await stage();
    opened.fake.faults.next("CreateToken", { kind: "cut-after-commit" });
    opened.fake.faults.always("DeleteToken", { kind: "graphql-error", message: "Not authorized to revoke." });
    expect(await rejection(issue(opened))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining(opened.fake.tokens[0]?.id ?? "?"),
    });
  });
});

test.each<Fault>([
  { kind: "gateway-403" },
  { kind: "429", retryAfter: 60 },
  { kind: "graphql-error", message: "Validation failed", code: "UNPROCESSABLE" },
])("a refusal, $kind, is not tried again", async (fault) => {
  await using opened = await stage();
  opened.fake.faults.always("CreateToken", fault);
  const error = await rejection(issue(opened));
  expect(error).toMatchObject({ code: expect.stringMatching(/forbidden|rate_limited|invalid_input/) });
  expect(creates(opened)).toBe(1);
  expect(opened.fake.tokens).toEqual([]);
});

test("what is made after nobody waited for it any longer is not promised away, and not doubled", async () => {
  await using opened = await stage();
  let late: Request | undefined;
  const provider = opened.open(
    { FLY_ORG: "acme" },
    {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (late || !(await request.clone().text()).includes("CreateToken")) return fetch(request);
        late = request;
        throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
      },
    },
  );
  const error = (await rejection(issue(opened, {}, provider))) as Problem;
  expect(error).toMatchObject({
    code: "provider_down",
    message: expect.stringMatching(/did not answer within.*may still be made/),
    fix: expect.stringMatching(/"\[readonly\] ci".*list_tokens.*revoke/),
  });
  await fetch(new Request(late as Request, { signal: null }));
  expect(active(opened).length).toBe(1);
});

test("an answer without the value is a lost one", async () => {
  await using opened = await stage();
  let losses = 1;
  const provider = opened.open(
    { FLY_ORG: "acme" },
    {
      async fetch(input, init) {
        const response = await fetch(input, init);
        const text = await response.text();
        const isLost = text.includes('"tokenHeader":') && losses-- > 0;
        return new Response(
          isLost ? text.replace(/"tokenHeader":"[^"]*"/, '"tokenHeader":null') : text,
          response,
        );
      },
    },
  );
  const { token, secret } = await issue(opened, {}, provider);
  expect(secret).toBeDefined();
  expect(active(opened).map(({ id }) => id)).toEqual([token.id]);
  expect(opened.fake.tokens.length).toBe(2);
});

test("a token that cannot be narrowed as it has to be is revoked", async () => {
  await using opened = await stage();
  const { fake } = opened;
  const provider = opened.open(
    { FLY_ORG: "acme" },
    {
      async fetch(input, init) {
        const response = await fetch(input, init);
        const text = await response.text();
        return new Response(
          text.replace(/"tokenHeader":"[^"]*"/, '"tokenHeader":"FlyV1 fm2_broken"'),
          response,
        );
      },
    },
  );
  const error = await rejection(issue(opened, {}, provider));
  expect(error).toMatchObject({ message: expect.stringContaining("The new token was revoked.") });
  expect(fake.tokens.length).toBe(1);
  expect(active(opened)).toEqual([]);
});

describe("one idempotency key", () => {
  const key = { idempotency_key: "k1" };

  test("makes one token, also in the next process, which is not told the value", async () => {
    await using opened = await stage();
    const first = await issue(opened, key);
    expect(first.secret).toBeDefined();
    const again = await issue(opened, key, opened.open({ FLY_ORG: "acme" }));
    expect(again).toEqual({ token: first.token });
    expect(opened.fake.tokens.length).toBe(1);
  });

  test("is for one request: name, kind, app and commands", async () => {
    await using opened = await stage();
    const exec = { kind: "machine-exec", app: "web", commands: [["uptime"]] } as const;
    await issue(opened, { ...key, flyio: { ...exec, commands: [["uptime"]] } });
    const others: Part[] = [
      { name: "other", flyio: { ...exec, commands: [["uptime"]] } },
      { flyio: { ...exec, commands: [["uptime", "-p"]] } },
      { flyio: { ...exec, commands: [["uptime"]], app: "api" } },
      { flyio: { app: "web" } },
      {},
    ];
    for (const other of others)
      expect(await rejection(issue(opened, { ...key, ...other }))).toMatchObject({
        code: "conflict",
        message: expect.stringContaining("[machine-exec] ci"),
      });
    expect(opened.fake.tokens.length).toBe(1);
  });

  test('is the same when "in 30 days" is said again later', async () => {
    await using opened = await stage();
    const { token } = await issue(opened, key);
    opened.advance(60_000);
    expect((await issue(opened, key)).token.id).toBe(token.id);
  });

  test("is one person's own: another member of the organization gets a token of theirs", async () => {
    await using opened = await stage();
    const bob = opened.open({ FLY_API_TOKEN: opened.fake.users[1]?.token ?? "", FLY_ORG: "acme" });
    const first = await issue(opened, key);
    const second = await issue(opened, key, bob);
    expect(second.token.id).not.toBe(first.token.id);
    expect(second.secret).toBeDefined();
  });

  test("is free again when its token has ended", async () => {
    await using opened = await stage();
    const { token } = await issue(opened, key);
    await opened.provider.tokens.revoke(token.id);
    const again = await issue(opened, key);
    expect(again.secret).toBeDefined();
    expect(again.token.id).not.toBe(token.id);
  });

  test("in calls that come at once is served one after the other", async () => {
    await using opened = await stage();
    const grants = await Promise.all(Array.from({ length: 5 }, () => issue(opened, key)));
    expect(new Set(grants.map(({ token }) => token.id)).size).toBe(1);
    expect(grants.filter(({ secret }) => secret).length).toBe(1);
    expect(creates(opened)).toBe(1);
  });

  test("in processes that run at once leaves one active token, at most one of them has its value", async () => {
    for (let round = 0; round < 5; round++) {
      await using opened = await stage();
      const providers = Array.from({ length: 3 }, () => opened.open({ FLY_ORG: "acme" }));
      const outcomes = await Promise.allSettled(providers.map((provider) => issue(opened, key, provider)));
      const living = active(opened).map(({ id }) => id);
      expect(living.length).toBeLessThanOrEqual(1);
      const withValue = outcomes.flatMap((one) =>
        one.status === "fulfilled" && one.value.secret ? [one.value.token.id] : [],
      );
      expect(withValue.length).toBe(living.length);
      expect(withValue).toEqual(living);
      for (const one of outcomes)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
    }
  });

  test("of a twin that another process made a moment before gives way to it", async () => {
    await using opened = await stage();
    // Another process makes its token after this one has looked, and before this one makes its own.
    const other = opened.open({ FLY_ORG: "acme" });
    let twin: string | undefined;
    const provider = opened.open(
      { FLY_ORG: "acme" },
      {
        async fetch(input, init) {
          const request = new Request(input, init);
          if (twin === undefined && (await request.clone().text()).includes("mutation CreateToken")) {
            twin = (await issue(opened, key, other)).token.id;
            opened.advance(2000);
          }
          return fetch(request);
        },
      },
    );
    const grant = await issue(opened, key, provider);
    expect(grant.token.id).toBe(twin);
    expect(grant.secret).toBeUndefined();
    expect(active(opened).map(({ id }) => id)).toEqual([twin]);
    expect(opened.fake.tokens.length).toBe(2);
  });

  test("whose second look fails leaves no token, and says so", async () => {
    await using opened = await stage();
    const provider = opened.open(
      { FLY_ORG: "acme" },
      {
        async fetch(input, init) {
          const response = await fetch(input, init);
          const text = await response.text();
          if (text.includes("tokenHeader"))
            opened.fake.faults.next("TokensOfOrganization", { kind: "gateway-403" });
          return new Response(text, response);
        },
      },
    );
    expect(await rejection(issue(opened, key, provider))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("The new token was revoked."),
    });
    expect(active(opened)).toEqual([]);
  });
});

test("a token that appears only after it was given up is revoked when it is seen", async () => {
  await using opened = await stage();
  // The gateway gives up, and the create goes through all the same, while the next one is on its way.
  let late: (() => Promise<unknown>) | undefined;
  let isFirst = true;
  const provider = opened.open(
    { FLY_ORG: "acme" },
    {
      async fetch(input, init) {
        const request = new Request(input, init);
        if ((await request.clone().text()).includes("mutation CreateToken")) {
          if (isFirst) {
            isFirst = false;
            late = () => fetch(request);
            return new Response("gateway", { status: 504 });
          }
          await late?.();
        }
        return fetch(request);
      },
    },
  );
  const { token, secret } = await issue(opened, {}, provider);
  expect(secret).toBeDefined();
  expect(opened.fake.tokens.length).toBe(2);
  expect(active(opened).map(({ id }) => id)).toEqual([token.id]);
});
