import { createHash } from "node:crypto";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { admission } from "../../src/callers/admission.ts";
import { knownBearers } from "../../src/callers/bearers.ts";
import { localBearer } from "../../src/callers/local-bearer.ts";
import { newBearer } from "../../src/callers/new-bearer.ts";
import { allScopes } from "../../src/callers/scopes.ts";
import { redact, Secret } from "../../src/secret.ts";
import { tempHome } from "../support/home.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const ci = "flyc_of-a-machine-that-builds";
const callers = { ci: { sha256: hash(ci), scopes: ["tokens:read"] } };

describe("a bearer of the configuration", () => {
  const bearers = knownBearers(callers, new Secret("the-operator's-own-bearer"));

  it("lets its caller in with the scopes that stand there, and the operator with all", () => {
    expect(bearers(ci)).toEqual({ id: "ci", scopes: ["tokens:read"] });
    expect(bearers("the-operator's-own-bearer")).toEqual({ id: "operator", scopes: allScopes });
  });

  it.each(["", "flyc_", ci.slice(0, -1), `${ci}x`, ci.toUpperCase(), hash(ci)])("%j is none", (given) => {
    expect(bearers(given)).toBeUndefined();
  });

  it("is taken out of whatever leaves once it has been shown", () => {
    const shown = "a-bearer-that-nobody-made-with-us";
    const known = knownBearers({ x: { sha256: hash(shown), scopes: ["tokens:read"] } }, undefined);
    expect(redact(shown)).toBe(shown);
    known(shown);
    expect(redact(`seen: ${shown}`)).toBe("seen: [redacted]");
  });

  it("that is not known is refused, without a look at an issuer that is not there", async () => {
    await expect(admission(bearers, undefined)("eyJ.eyJ.x")).rejects.toMatchObject({ reason: "unknown" });
  });

  it.each<[string, Parameters<typeof knownBearers>[0], RegExp]>([
    [
      "a scope that does not exist",
      { ci: { sha256: hash("a"), scopes: ["tokens:raed"] } },
      /Did you mean tokens:read\?/,
    ],
    ["a scope of everything", { ci: { sha256: hash("a"), scopes: ["*"] } }, /tokens:read, tokens:write/],
    [
      "the name of the operator",
      { operator: { sha256: hash("a"), scopes: ["tokens:read"] } },
      /neither operator/,
    ],
    ["the name of nobody", { anonymous: { sha256: hash("a"), scopes: ["tokens:read"] } }, /anonymous/],
    [
      "a name like that of a token",
      { "oauth:ann": { sha256: hash("a"), scopes: ["tokens:read"] } },
      /letters/,
    ],
    [
      "one bearer for two",
      {
        a: { sha256: hash("a"), scopes: ["tokens:read"] },
        b: { sha256: hash("a"), scopes: ["tokens:write"] },
      },
      /caller NAME/,
    ],
  ])("with %s is refused at the start", (_what, given, fix) => {
    expect(() => knownBearers(given, undefined)).toThrow(
      expect.objectContaining({ code: "not_configured", fix: expect.stringMatching(fix) }),
    );
  });

  it("names the scope that was meant, for programs", () => {
    expect(() => knownBearers({ ci: { sha256: hash("a"), scopes: ["token:write"] } }, undefined)).toThrow(
      expect.objectContaining({ did_you_mean: "tokens:write", allowed: allScopes }),
    );
  });
});

describe("a new bearer", () => {
  it("has 256 random bits, and is recognized wherever it leaks to", () => {
    const [one, other] = [newBearer().reveal(), newBearer().reveal()];
    expect(one).toMatch(/^flyc_[0-9a-f]{64}$/);
    expect(one).not.toBe(other);
    expect(redact(`at ${"flyc_"}${"ab".repeat(32)}.`)).toBe("at [redacted].");
  });
});

describe("the bearer of a server on loopback", () => {
  it("is made once, for this user alone, and kept", async () => {
    await using home = await tempHome();
    const first = await localBearer(home.at("state"));
    expect(first.file).toBe(home.at("state/http-bearer"));
    expect((await stat(first.file)).mode & 0o777).toBe(0o600);
    expect(await readFile(first.file, "utf8")).toBe(`${first.bearer.reveal()}\n`);
    expect((await localBearer(home.at("state"))).bearer.reveal()).toBe(first.bearer.reveal());
  });

  it("is made anew where the file holds none", async () => {
    await using home = await tempHome();
    const { file } = await localBearer(home.at("state"));
    for (const text of ["", "flyc_short\n", "password"]) {
      await writeFile(file, text);
      expect((await localBearer(home.at("state"))).bearer.reveal()).toMatch(/^flyc_[0-9a-f]{64}$/);
    }
  });

  it("is not used when others can read it", async () => {
    await using home = await tempHome();
    const { file } = await localBearer(home.at("state"));
    await chmod(file, 0o644);
    await expect(localBearer(home.at("state"))).rejects.toMatchObject({ code: "unsafe_location" });
  });

  it("cannot be kept where nothing can be written, which is said", async () => {
    await using home = await tempHome();
    await writeFile(home.at("state"), "a file");
    await expect(localBearer(home.at("state"))).rejects.toMatchObject({ code: "file_unwritable" });
  });
});
