/** The fake's faults: each strikes where it is told to, once, and leaves behind what it should. */
import { expect, it } from "vitest";
import { ask, tokens } from "./ask.ts";
import { type FakeJfrog, startFakeJfrog } from "./fake.ts";

const mint = (fake: FakeJfrog) =>
  ask(fake, fake.developer.token, `POST ${tokens}`, { description: "ci", expires_in: 0 });
const minted = (fake: FakeJfrog) => fake.tokens.filter(({ description }) => description === "ci").length;

it("loses an answer before or after the work, by a 502 or by the connection's end", async () => {
  await using fake = await startFakeJfrog();
  fake.faults.next("createToken", { kind: "502-before-commit" });
  expect([(await mint(fake)).status, minted(fake)]).toEqual([502, 0]);
  fake.faults.next(`POST ${tokens}`, { kind: "502-after-commit" });
  expect([(await mint(fake)).status, minted(fake)]).toEqual([502, 1]);
  fake.faults.next(tokens, { kind: "cut-after-commit" });
  await expect(mint(fake)).rejects.toThrow("fetch failed");
  expect(minted(fake)).toBe(2);
  fake.faults.next("listTokens", { kind: "cut-before-commit" });
  expect((await mint(fake)).status).toBe(200);
});

it("gives a gateway's page, a time to wait, another address, and what a test makes up", async () => {
  await using fake = await startFakeJfrog();
  fake.faults.next("*", { kind: "gateway-403" });
  const page = await mint(fake);
  expect([page.status, page.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
  fake.faults.next("*", { kind: "429", retryAfter: 7 });
  expect((await mint(fake)).headers.get("retry-after")).toBe("7");
  fake.faults.next("*", { kind: "redirect", location: "http://elsewhere.example/" });
  expect((await mint(fake)).headers.get("location")).toBe("http://elsewhere.example/");
  fake.faults.next("*", { kind: "500" });
  expect((await mint(fake)).body).toMatchObject({ errors: [{ code: "INTERNAL_SERVER_ERROR" }] });
  fake.faults.next("*", { kind: "answer", status: 418, body: { message: "teapot" } });
  expect(await mint(fake)).toMatchObject({ status: 418, body: { message: "teapot" } });
  expect([minted(fake), fake.violations]).toEqual([0, []]);
});

it("keeps a caller waiting", async () => {
  await using fake = await startFakeJfrog();
  fake.faults.always("ping", { kind: "hang-before-commit" });
  const signal = AbortSignal.timeout(50);
  const url = `${fake.url}/artifactory/api/system/ping`;
  await expect(fetch(url, { signal })).rejects.toThrow("aborted");
  fake.faults.clear();
  expect((await ask(fake, "", "GET /artifactory/api/system/ping")).body).toBe("OK");
  expect((await ask(fake, "wrong", "GET /artifactory/api/system/ping")).status).toBe(401);
});
