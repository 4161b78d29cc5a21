import { describe, expect, it } from "vitest";
import { netrc } from "../../src/package-managers/netrc.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/generic";
const file = "/users/alice/.netrc";
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(text?: string, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return netrc.plan(
    { ...target, ...over },
    place,
    textsOf(netrc, place, text === undefined ? {} : { [file]: text }),
  );
}

describe("the entry of the host", () => {
  it("goes before the one for every other host, and nothing else changes", () => {
    const before = "machine other.example login bob password keep-me\ndefault login anonymous password me\n";
    const text = written(plan(before))[file] ?? "";
    expect(text).toBe(
      before.replace("default", `machine acme.example login alice password ${token}\ndefault`),
    );
  });

  it("is nobody else's to take", () => {
    expect(refusalOf(() => plan("machine acme.example login bob password keep-me\n"))).toBe("conflict");
  });

  it.each<[string, Partial<Target>, Partial<Place>]>([
    ["an IPv6 address, which clients cut", { url: "http://[::1]:7411/generic" }, {}],
    ["a token with a space", { secret: new Secret("two words") }, {}],
    ["NETRC set to nothing", {}, { env: { NETRC: "" } }],
  ])("is refused for %s", (_, over, where) => {
    expect(refusalOf(() => plan(undefined, over, where))).toBe("conflict");
  });

  it("says that a port makes no difference, and who does not look where NETRC points", () => {
    expect(plan(undefined, { url: "http://127.0.0.1:7411/generic" }).warnings.join()).toMatch(
      /every port of 127\.0\.0\.1/,
    );
    const place = placeOf({ env: { NETRC: "/secrets/netrc" } });
    const draft = netrc.plan(target, place, textsOf(netrc, place));
    expect(Object.keys(written(draft))).toEqual(["/secrets/netrc"]);
    expect(draft.warnings.join()).toMatch(/git, and curl before 8\.16/);
  });

  it("is the user's alone, not a project's", () => {
    expect(
      refusalOf(() => netrc.files(placeOf({ scope: "project", project_dir: "/users/alice/shop" }))),
    ).toBe("unsupported");
  });
});
