import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pip } from "../../src/package-managers/pip.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf } from "./place.ts";

const home = "/users/ann";
const target = {
  url: "https://acme.example/simple",
  username: "ann",
  secret: new Secret("flyt_netrc-comment-test-0123456789"),
};
const place = placeOf({ home });
const entry = "machine other.example\nlogin bob\npassword x\n";
const plan = (netrc: string, style?: "reference") =>
  pip.plan({ ...target, style }, place, new Map([[`${home}/.netrc`, netrc]]));

const stopping = [
  `#work and play\n${entry}`,
  `\n# two words\n${entry}`,
  `${entry}\n# two words\n${entry}`,
  `${entry}\r\n  # two words\r\n`,
];
const harmless = [`# two words\n${entry}`, `${entry}# two words\n`, `${entry}\n#one\n`, entry, ""];

describe("a comment at which Python's netrc reader stops", () => {
  it.each(stopping)("%j: the token stands in pip's own file instead, and the user is told why", (netrc) => {
    const { changes, warnings } = plan(netrc);
    expect(changes.map(({ path }) => path)).toEqual([`${home}/.config/pip/pip.conf`]);
    expect(warnings.join()).toContain("comment in /users/ann/.netrc");
  });

  it("is a conflict where netrc was asked for", () => {
    expect(() => plan(stopping[0] ?? "", "reference")).toThrowError(
      expect.objectContaining({ code: "conflict" }),
    );
  });

  it.each(harmless)("%j has none: netrc is used", (netrc) => {
    expect(plan(netrc).changes.map(({ path }) => path)).toContain(`${home}/.netrc`);
  });
});

const python = (() => {
  try {
    return (
      execFileSync("python3", ["-c", "import sys; print(sys.version_info >= (3, 11))"], {
        encoding: "utf8",
      }).trim() === "True"
    );
  } catch {
    return false;
  }
})();

describe.skipIf(!python)("Python 3.11 or later (skipped by name where it is not installed)", () => {
  const reads = (netrc: string, index: number) => {
    const path = join(process.env.HOME ?? "", `netrc-${index}`);
    writeFileSync(path, netrc, { mode: 0o600 });
    try {
      execFileSync("python3", ["-c", "import netrc, sys; netrc.netrc(sys.argv[1])", path], {
        stdio: "ignore",
      });
      return true;
    } catch {
      return false;
    }
  };
  it("agrees", () => {
    expect(stopping.slice(0, 3).map(reads)).toEqual([false, false, false]);
    expect(harmless.map(reads)).toEqual(harmless.map(() => true));
  });
});
