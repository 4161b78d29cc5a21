import { describe, expect, it } from "vitest";
import { docker } from "../../src/package-managers/docker.ts";
import { npm } from "../../src/package-managers/npm.ts";
import type { PackageManager, Target } from "../../src/package-managers/package-manager.ts";
import { pip } from "../../src/package-managers/pip.ts";
import { undo } from "../../src/package-managers/undo.ts";
import { Secret } from "../../src/secret.ts";
import { journal } from "./laws.ts";
import { placeOf, refusalOf, textsOf, token } from "./place.ts";

const npmrc = "/users/alice/.npmrc";
const npmUrl = "https://acme.example/npm/";
const tokenLine = `//acme.example/npm/:_authToken=${token}\n`;

/** The change of one file, as the journal has it, with the text that it left. */
function changeOf(manager: PackageManager, url: string, file: string, files: Record<string, string> = {}) {
  const place = placeOf();
  const target: Target = { url, username: "alice", secret: new Secret(token) };
  const change = manager
    .plan(target, place, textsOf(manager, place, files))
    .changes.find(({ path }) => path === file);
  if (!change) throw new Error(`nothing was planned for ${file}`);
  return { record: journal(change), before: change.before, after: change.after ?? "" };
}

describe("npm", () => {
  it("puts a former registry back beside what the user added later", () => {
    const { record, before, after } = changeOf(npm, npmUrl, npmrc, {
      [npmrc]: "# mine\nregistry = https://old.example/\n",
    });
    const later = `${after}//later.example/:_authToken=mine\n`;
    expect(undo(record, before, later)).toEqual({
      text: "# mine\nregistry = https://old.example/\n//later.example/:_authToken=mine\n",
      skipped: [],
    });
  });

  it("leaves a registry that the user has changed since, and still takes the token out", () => {
    const { record, before, after } = changeOf(npm, npmUrl, npmrc);
    const { text, skipped } = undo(record, before, after.replace(npmUrl, "https://mine.example/"));
    expect(text).toBe("registry=https://mine.example/\n");
    expect(skipped).toEqual([`registry in ${npmrc} was changed since and is left as it is.`]);
  });

  it("leaves a newer token, and says so without showing it", () => {
    const { record, before, after } = changeOf(npm, npmUrl, npmrc, { [npmrc]: `registry=${npmUrl}\n` });
    const { text, skipped } = undo(record, before, after.replace(token, "newer-token-1234"));
    expect(text).toContain("newer-token-1234");
    expect(skipped).toHaveLength(1);
    expect(skipped.join()).not.toContain("newer-token");
  });

  it("skips what the user has removed since", () => {
    const { record, before, after } = changeOf(npm, npmUrl, npmrc);
    const { text, skipped } = undo(record, before, after.replace(tokenLine, ""));
    expect([text, skipped.length]).toEqual([null, 1]);
  });

  it("refuses a file that no longer parses", () => {
    const { record, before, after } = changeOf(npm, npmUrl, npmrc);
    expect(refusalOf(() => undo(record, before, `${after}[open\n`))).toBe("file_unparsable");
  });
});

describe("netrc", () => {
  const url = "https://acme.example/simple";
  const file = "/users/alice/.netrc";

  it("takes the entry out from between entries that came later", () => {
    const { record, before, after } = changeOf(pip, url, file);
    const mine = "machine later.example login bob password mine\n";
    expect(undo(record, before, `${after}${mine}`)).toEqual({ text: mine, skipped: [] });
  });

  it("leaves login and password together where the user has changed one of them", () => {
    const { record, before, after } = changeOf(pip, url, file);
    const edited = after.replace(token, "the-users-own");
    const { text, skipped } = undo(record, before, edited);
    expect([text, skipped.length]).toEqual([edited, 2]);
  });
});

describe("docker", () => {
  const file = "/users/alice/.docker/config.json";

  it("puts a former login and identity token back", () => {
    const original =
      '{\n  "auths": {\n    "acme.example": {\n      "auth": "b2xkOm9sZA==",\n      "identitytoken": "idt"\n    }\n  }\n}\n';
    const { record, before, after } = changeOf(docker, "acme.example", file, { [file]: original });
    const { text, skipped } = undo(
      record,
      before,
      after.replace('"auths"', '"currentContext": "x",\n  "auths"'),
    );
    expect(skipped).toEqual([]);
    expect(JSON.parse(text ?? "")).toEqual({ currentContext: "x", ...JSON.parse(original) });
  });

  it("removes a file that it made and nobody has filled since", () => {
    const { record, before, after } = changeOf(docker, "acme.example", file);
    expect(undo(record, before, `${after}\n\n`)).toEqual({ text: null, skipped: [] });
  });
});
