import { expect, it } from "vitest";
import { findLeaks } from "../../tools/find-leaks.ts";
import { answerOf } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { openFlyio } from "../support/flyio.ts";
import { openJfrogMachine } from "../support/jfrog.ts";
import { base64, planted } from "./planted.ts";

it("JFrog is asked about what is its own by what it says, with that token alone", async () => {
  await using machine = await openJfrogMachine();
  const { fake } = machine;
  const [live, named, dead] = [fake.addToken(), fake.addToken({ reference: true }), fake.addToken()];
  const another = fake.addToken({ foreign: true }).value;
  dead.revokedAt = 1;
  const others = ["bag of macaroons", "session", "npm", "PyPI", "API key"].map(
    (name) => planted[name]?.().value ?? "",
  );
  await machine.write(
    "a",
    [live.value, base64(`bob:${named.reference}`), dead.value, another, ...others].join("\n"),
  );
  const { findings } = answerOf(findLeaks, await machine.call("find_leaks", { paths: ["a"] }));
  const inLine = (line: number) => findings.find((one) => one.line === line);
  expect(inLine(1)).toMatchObject({
    kind: "JFrog access token",
    active: "yes",
    token: { id: live.id, provider: "jfrog" },
  });
  // It does not say which platform is its own.
  expect(inLine(2)).toMatchObject({ kind: "JFrog reference token", active: "unknown" });
  expect(inLine(4)).toMatchObject({ active: "unknown", reason: expect.stringMatching(/^Another platform/) });
  expect(inLine(3)?.active).not.toBe("yes");
  expect(findings.filter(({ line }) => line > 4).map(({ active }) => active)).toEqual(
    others.map(() => "unknown"),
  );
  const canaries = new Canaries();
  for (const other of [...others, another, named.reference ?? ""]) canaries.add(other.slice(-40));
  expect(fake.received.length).toBeGreaterThan(0);
  expect(canaries.in(JSON.stringify(fake.received))).toEqual([]);
});

it("Fly.io is asked about its macaroons", async () => {
  await using machine = await openFlyio();
  const { fake } = machine;
  const [token, dead] = [fake.addToken(), fake.addToken({ name: "dead" })];
  dead.revokedAt = new Date();
  const jwt = planted.JWT?.().value ?? "";
  await machine.write("a", `FLY_API_TOKEN="${token.header}"\n${jwt}\n${dead.header}\n`);
  const { findings } = answerOf(findLeaks, await machine.call("find_leaks", { paths: ["a"] }));
  expect(findings).toMatchObject([
    { kind: "Fly.io token", line: 1, active: "yes", token: { provider: "flyio" } },
    { kind: "JFrog access token", active: "unknown", reason: expect.stringContaining("not configured") },
    { kind: "Fly.io token", line: 3, active: "no", token: { status: "revoked" } },
  ]);
  const canaries = new Canaries();
  canaries.add(jwt.slice(-60));
  expect(canaries.in(JSON.stringify(fake.received))).toEqual([]);
});
