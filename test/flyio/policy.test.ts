import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { expectRefusal } from "../support/answers.ts";
import { openFlyio } from "../support/flyio.ts";

/** A user of Fly.io whose operator has these rules. */
async function ruled(rules: object) {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-policy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "policy.json");
  await writeFile(path, JSON.stringify(rules));
  await chmod(path, 0o600);
  return openFlyio({ env: { FLY_TOKENS_POLICY: path } });
}

test("the kind of a token, which decides over its permission, is judged by what it may do", async () => {
  await using here = await ruled({ permissions: ["read_only"] });
  const made = here.fake.tokens.length;
  for (const kind of ["deploy", "ssh"]) {
    const result = await here.call("generate_token", {
      name: "ci",
      permission: "read_only",
      flyio: { app: "web", kind },
    });
    expectRefusal(result, "forbidden", /no read_write token.*permissions in/);
  }
  expect(here.fake.tokens).toHaveLength(made);
  const reading = { name: "ci", permission: "read_write", flyio: { app: "web", kind: "readonly" } };
  expect((await here.call("generate_token", reading)).isError).toBeUndefined();
});

test("a narrower copy is a new token, too: what it may do beside reading, nobody can say", async () => {
  await using here = await ruled({ permissions: ["read_only"] });
  await here.write("token", here.fake.addToken().header);
  const restrict = (restrictions: object) =>
    here.call("restrict_token", { from: "file:token", restrictions });
  const { error, text } = await restrict({ actions: "everything but delete" });
  expect(error).toMatchObject({ code: "forbidden", allowed: ["read_only"], did_you_mean: "read_only" });
  expect(text).not.toContain("fm2_");
  expect((await restrict({ read_only: true })).isError).toBeUndefined();
});

test("a narrower copy ends by the limit of what it may do", async () => {
  await using here = await ruled({ max_expiry: { read_only: "9d", read_write: "1d" } });
  await here.write("token", here.fake.addToken().header);
  const restrict = (restrictions: object) =>
    here.call("restrict_token", { from: "file:token", restrictions });
  const days = async (restrictions: object) => {
    const { data } = await restrict(restrictions);
    return Math.round((Date.parse(String(data.expires_at)) - Date.now()) / 86_400_000);
  };
  expect([await days({ read_only: true }), await days({ apps: ["123"] })]).toEqual([9, 1]);
  const result = await restrict({ apps: ["123"], expires: "2d" });
  expectRefusal(result, "forbidden", /max_expiry\.read_write in .*policy\.json/);
  expect(result.error.did_you_mean).toBe("1d");
});
