import { describe, expect, it } from "vitest";
import type { Change } from "../../src/disk/change.ts";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import { npm } from "../../src/package-managers/npm.ts";
import type { Draft, PackageManager } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { violations } from "./laws.ts";

describe.each(packageManagers)("$id", (manager) => {
  it("keeps every law", async () => {
    expect(await violations(manager)).toEqual([]);
  });
});

describe("a manager that breaks a law is found out", () => {
  const planning = (alter: (change: Change) => Change): PackageManager => ({
    ...npm,
    plan: (...args) => {
      const draft = npm.plan(...args);
      return { ...draft, changes: draft.changes.map(alter) };
    },
  });
  const drafting = (alter: (draft: Draft, secret: string) => Draft): PackageManager => ({
    ...npm,
    plan: (target, place, texts) => alter(npm.plan(target, place, texts), target.secret.reveal()),
  });
  let calls = 0;

  it.each<[law: string, how: string, manager: PackageManager]>([
    [
      "nothing but our entries changes",
      "drops comments",
      planning((change) => ({ ...change, after: change.after?.replace(/^[;#].*\n/gm, "") ?? null })),
    ],
    [
      "nothing but our entries changes",
      "turns CRLF into LF",
      planning((change) => ({ ...change, after: change.after?.replaceAll("\r\n", "\n") ?? null })),
    ],
    [
      "undoing gives back the original bytes",
      "adds a last line that it does not list",
      planning((change) => ({ ...change, after: `${change.after}audit=false\n` })),
    ],
    [
      "undoing gives back the original bytes",
      "does not list its entries",
      planning((change) => ({ ...change, entries: change.entries.slice(1) })),
    ],
    [
      "no secret shows in a preview",
      "calls the token harmless",
      planning((change) => ({
        ...change,
        entries: change.entries.map((entry) => ({ ...entry, sensitive: false })),
      })),
    ],
    [
      "no secret shows in a preview",
      "warns with the token in the sentence",
      drafting((draft, secret) => ({ ...draft, warnings: [`wrote ${secret}`] })),
    ],
    [
      "planning is pure",
      "counts its calls",
      drafting((draft) => ({ ...draft, warnings: [`call ${++calls}`] })),
    ],
    [
      "a second plan is empty",
      "always has something to change",
      drafting((draft) => ({
        ...draft,
        changes: [{ path: "/users/alice/.npmrc", before: null, after: "", entries: [] }],
      })),
    ],
    ["a plan changes something", "plans nothing", drafting((draft) => ({ ...draft, changes: [] }))],
    [
      "a file that does not parse is refused",
      "treats it as absent",
      {
        ...npm,
        plan: (target, place, texts) =>
          npm.plan(
            target,
            place,
            new Map([...texts].map(([file, text]) => [file, text?.includes("[unclosed") ? null : text])),
          ),
      },
    ],
    [
      "control characters are refused",
      "cuts values at the line break",
      {
        ...npm,
        plan: (target, place, texts) =>
          npm.plan(
            { ...target, secret: new Secret(target.secret.reveal().split(/[\r\n]/)[0] ?? "") },
            place,
            texts,
          ),
      },
    ],
    [
      "a user's set-up writes nothing into a project",
      "writes into the project that it was told of",
      {
        ...npm,
        plan: (target, place, texts) => {
          const draft = npm.plan(target, place, texts);
          const { project_dir } = place;
          if (place.scope !== "user" || project_dir === undefined) return draft;
          const changes = draft.changes.map((change) => ({ ...change, path: `${project_dir}/.npmrc` }));
          return { ...draft, changes };
        },
      },
    ],
    [
      "no secret goes into a project",
      "writes the token beside the registry",
      planning((change) => ({
        ...change,
        after: change.path.includes("/shop/")
          ? `${change.after}; flyt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG`
          : change.after,
      })),
    ],
    ["verification never throws", "throws", { ...npm, verify: () => Promise.reject(new Error("401")) }],
    [
      "verification never throws",
      "follows redirects",
      { ...npm, verify: (target, fetch) => npm.verify(target, (input) => fetch(input)) },
    ],
    [
      "the client would find what was written",
      "reads no environment",
      { ...npm, status: (url, place, texts) => npm.status(url, { ...place, env: {} }, texts) },
    ],
  ])("%s: one that %s", async (law, _, manager) => {
    expect((await violations(manager)).some((violation) => violation.startsWith(law))).toBe(true);
  });
});
