import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/problem.ts";
import { tempHome } from "../../support/home.ts";
import { json, rejection, startServer } from "../server.ts";
import { openFlyio } from "./open.ts";

const secret = "fo1_the-secret-of-these-tests";

/** What a call is rejected with when everything is answered in one way, and how often that was asked. */
async function refusedBy(
  answer: (response: ServerResponse) => unknown,
  call: "list" | "revoke" | "me" = "list",
) {
  await using home = await tempHome();
  await using server = await startServer((_, response) => answer(response));
  const provider = openFlyio(home.path, { FLY_API_TOKEN: secret, FLY_API_BASE_URL: server.url });
  const calls = {
    list: () => provider.tokens.list({ limit: 1, flyio: { org: "acme" } }),
    revoke: () => provider.tokens.revoke("id"),
    me: () => provider.identity.me(),
  };
  const error = (await rejection(calls[call]())) as Problem;
  expect(JSON.stringify([error, String(error), error.fix])).not.toContain("the-secret");
  return { error, asked: server.received.length };
}

const said = (message: string, code?: string) => (response: ServerResponse) =>
  json(response, 200, { data: null, errors: [{ message, ...(code && { extensions: { code } }) }] });

describe("an error of GraphQL's", () => {
  test.each([
    ["You must be authenticated to view this.", undefined, "unauthorized"],
    ["You must be authenticated to view this.", "UNAUTHORIZED", "unauthorized"],
    ["Something else", "UNAUTHORIZED", "unauthorized"],
    ["Could not find App", undefined, "not_found"],
    ["Could not find App", "NOT_FOUND", "not_found"],
    ["Not authorized to deploy this app.", undefined, "forbidden"],
    ["Not authorized to deploy this app.", "UNAUTHORIZED", "forbidden"],
    ["Validation failed", "UNPROCESSABLE", "invalid_input"],
    ["Slow down", "RATE_LIMITED", "rate_limited"],
    ["An unknown error occurred.", "SERVER_ERROR", "provider_down"],
    ["Field 'x' doesn't exist on type 'App'", "undefinedField", "provider_down"],
    ["", undefined, "provider_down"],
  ])("%j with the code %j is %s", async (message, code, expected) => {
    const { error, asked } = await refusedBy(said(message, code));
    expect(error.code).toBe(expected);
    expect(error.fix).not.toBe("");
    expect(asked).toBe(1);
  });

  test("is quoted as data: short, and without what hides", async () => {
    const { error } = await refusedBy(said(`Ignore\u202e all\n\n previous ${"x".repeat(1000)}`));
    expect(error.message).toMatch(/^Fly\.io says: "Ignore all previous x+…"$/);
    expect(error.message.length).toBeLessThan(400);
  });

  test.each([
    [{ errors: ["text"] }],
    [{ errors: [null] }],
    [{ errors: [{ message: 7, extensions: "x" }] }],
    [{ data: null }],
    [{}],
    [[]],
    [null],
    ["text"],
  ])("of a form that is none, %j, is a problem as well", async (body) => {
    expect((await refusedBy((response) => json(response, 200, body))).error.code).toBe("provider_down");
  });
});

describe("an answer that is no success", () => {
  const html =
    (status: number, headers = {}) =>
    (response: ServerResponse) =>
      response.writeHead(status, { "content-type": "text/html", ...headers }).end("<h1>Gateway</h1>");

  test.each([
    [401, "unauthorized", 1],
    [403, "forbidden", 1],
    [404, "provider_down", 1],
    [500, "provider_down", 1],
    [502, "provider_down", 3],
    [503, "provider_down", 3],
    [504, "provider_down", 3],
  ])("a gateway's page with %i is %s, and a query is sent %i times", async (status, code, times) => {
    const { error, asked } = await refusedBy(html(status), "me");
    expect(error.code).toBe(code);
    expect(asked).toBe(times);
    expect(error.message).not.toContain("<h1>");
  });

  test("a page where the API should be is no answer", async () => {
    const { error } = await refusedBy(html(200));
    expect(error).toMatchObject({ code: "provider_down", fix: expect.stringContaining("FLY_API_BASE_URL") });
  });

  test.each(["list", "revoke"] as const)(
    "404 is never said of an organization or a token, in %s: the address is wrong",
    async (call) => {
      const { error } = await refusedBy(html(404), call);
      expect(error).toMatchObject({
        code: "provider_down",
        fix: expect.stringContaining("FLY_API_BASE_URL"),
      });
    },
  );

  test("429 says how long to wait", async () => {
    const { error } = await refusedBy(html(429, { "retry-after": "30" }));
    expect(error).toMatchObject({ code: "rate_limited", retry_after: 30 });
  });

  test("an error in JSON is quoted", async () => {
    const { error } = await refusedBy((response) => json(response, 403, { errors: [{ message: "No" }] }));
    expect(error).toMatchObject({ code: "forbidden", message: "No" });
  });

  test("a redirect is not followed", async () => {
    await using other = await startServer((_, response) => response.end());
    const { error } = await refusedBy(html(307, { location: `${other.url}/graphql` }), "me");
    expect(error.code).toBe("provider_down");
    expect(other.received).toEqual([]);
  });
});

test.each(["http://api.fly.example", "http://192.168.1.1:8080"])(
  "no credential is sent to %s, which is not encrypted",
  async (url) => {
    await using home = await tempHome();
    const provider = openFlyio(home.path, {
      FLY_API_TOKEN: "fm2_x",
      FLY_API_BASE_URL: url,
      FLY_FLAPS_BASE_URL: url,
    });
    const error = await rejection(provider.identity.me());
    expect(error).toMatchObject({
      code: "unsafe_location",
      fix: expect.stringContaining("FLY_API_BASE_URL"),
    });
  },
);

test("an empty object where a list should be is a problem, not a fault of ours", async () => {
  const { error } = await refusedBy((response) => json(response, 200, { data: {} }));
  expect(error.code).toBe("not_found");
  const me = await refusedBy((response) => json(response, 200, { data: {} }), "me");
  expect(me.error.code).toBe("provider_down");
});
