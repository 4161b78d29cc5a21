/** Which token a value is, in another process than the one that made it. */
import { appendFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { type Flyio, inDays, type Stage, stage } from "./open.ts";

const fileOf = ({ home }: Stage) => join(home, "state", "flyio.jsonl");

async function issue(provider: Flyio, now: Date, name = "ci") {
  const { token, secret } = await provider.tokens.issue({
    name,
    permission: "read_write",
    expires_at: inDays(now),
    flyio: { app: "web", org: "acme" },
  });
  if (!secret) throw new Error("There is no value.");
  return { token, secret };
}

describe("a value that was issued here", () => {
  test("is the token on record for the next process, too", async () => {
    await using opened = await stage();
    const { token, secret } = await issue(opened.provider, opened.now());
    const { introspect, password } = opened.open().registries;
    expect(await introspect?.(secret)).toEqual(token);
    expect(await introspect?.(password?.(secret) ?? secret)).toEqual(token);
    await opened.provider.tokens.revoke(token.id);
    expect(await introspect?.(secret)).toEqual({ ...token, status: "revoked" });
  });

  test("and was narrowed since is told from the whole", async () => {
    await using opened = await stage();
    const { token, secret } = await issue(opened.provider, opened.now());
    const later = opened.open();
    const { secret: narrower } = await later.restrict.narrow(secret, { read_only: true });
    expect(await later.registries.introspect?.(narrower)).toMatchObject({
      id: token.id,
      permission: "read_only",
      scope: expect.stringContaining("It may read, nothing else"),
    });
  });

  test("leaves no part of itself behind, in a file for its owner alone", async () => {
    await using opened = await stage();
    const { token, secret } = await issue(opened.provider, opened.now());
    const text = await readFile(fileOf(opened), "utf8");
    expect(JSON.parse(text)).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      id: token.id,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const value = secret.reveal().replace(/^FlyV1 fm2_/, "");
    for (let at = 0; at + 12 <= value.length; at += 4) expect(text).not.toContain(value.slice(at, at + 12));
    expect((await stat(fileOf(opened))).mode & 0o777).toBe(0o600);
  });

  test("is known although another one's line was torn", async () => {
    await using opened = await stage();
    const first = await issue(opened.provider, opened.now(), "first");
    await appendFile(fileOf(opened), '\n{"uuid":"0');
    const second = await issue(opened.open(), opened.now(), "second");
    for (const { token, secret } of [first, second])
      expect(await opened.open().registries.introspect?.(secret)).toEqual(token);
  });

  test("is known whichever of several processes made it at the same time", async () => {
    await using opened = await stage();
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, at) => issue(opened.open(), opened.now(), `t${at}`)),
    );
    const later = opened.open();
    for (const { token, secret } of all) expect(await later.registries.introspect?.(secret)).toEqual(token);
  });
});

describe("a file that cannot be read", () => {
  test("is as if nothing were known, and a note says so as long as it is so", async () => {
    await using opened = await stage();
    await mkdir(fileOf(opened), { recursive: true });
    const { secret } = await issue(opened.provider, opened.now());
    const unknown = [expect.stringMatching(/is not known: .*flyio\.jsonl/)];
    expect(opened.provider.notes()).toEqual(unknown);
    const later = opened.open();
    expect(later.notes()).toEqual([]);
    expect(await later.registries.introspect?.(secret)).toMatchObject({
      name: expect.stringMatching(/^[0-9a-f-]{36}@tokens\.fly\.io$/),
      status: "active",
    });
    expect(later.notes()).toEqual(unknown);
    expect(later.facts?.()).toEqual(unknown);
    expect(JSON.stringify(later.notes())).not.toContain(secret.reveal().slice(10, 40));
  });
});

describe("the credential itself", () => {
  test("is known by its id when it was made here, also narrowed", async () => {
    await using opened = await stage();
    const { token, secret } = await issue(opened.provider, opened.now());
    const { secret: narrower } = await opened.provider.restrict.narrow(secret, { expires: "2h" });
    for (const one of [secret, narrower])
      expect(await opened.open({ FLY_API_TOKEN: one.reveal() }).identity.me()).toMatchObject({
        role: "developer",
        token_id: token.id,
      });
  });

  test("is not, when it was made elsewhere", async () => {
    await using opened = await stage();
    await issue(opened.provider, opened.now());
    const { header } = opened.fake.addToken();
    expect(await opened.open({ FLY_API_TOKEN: header }).identity.me()).not.toHaveProperty("token_id");
    expect(await opened.open().registries.introspect?.(new Secret(header))).toMatchObject({
      created_by: "unknown",
    });
  });
});
