/**
 * The laws that every package manager keeps, as checks over any manager: DESIGN's "Laws" and the contract's header.
 * The originals are what people really have in such files; each law is tried on all of them.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Change, Texts } from "../../src/disk/change.ts";
import type { JournalFile } from "../../src/disk/disk.ts";
import { formats } from "../../src/formats/index.ts";
import type {
  Draft,
  Ecosystem,
  PackageManager,
  Place,
  SecretStyle,
  Target,
} from "../../src/package-managers/package-manager.ts";
import { undo } from "../../src/package-managers/undo.ts";
import { Problem } from "../../src/problem.ts";
import { redact, Secret } from "../../src/secret.ts";
import { originals } from "./originals/index.ts";
import type { Originals } from "./originals/originals.ts";

interface Case {
  name: string;
  manager: PackageManager;
  place: Place;
  target: Target;
  texts: Texts;
}

const token = "flyt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const nextToken = "flyt_zyxwvutsrqponmlkjihgfedcba9876543210GFEDCBA";

const urls: Record<Ecosystem, string> = {
  npm: "https://acme.example/artifactory/api/npm/npm/",
  pypi: "https://acme.example/artifactory/api/pypi/pypi/simple",
  docker: "acme.example",
  maven: "https://acme.example/artifactory/maven",
  nuget: "https://acme.example/artifactory/api/nuget/v3/nuget/index.json",
  go: "https://acme.example/artifactory/api/go/go",
  cargo: "https://acme.example/artifactory/api/cargo/cargo/index/",
  gems: "https://acme.example/artifactory/api/gems/gems/",
  composer: "https://acme.example/artifactory/api/composer/composer",
  terraform: "https://acme.example/artifactory/api/terraform/terraform/providers/",
  conda: "https://acme.example/artifactory/api/conda/conda",
  generic: "https://acme.example/artifactory/api/generic",
};

const laws: Readonly<Record<string, (test: Case) => void | Promise<void>>> = {
  "planning is pure": ({ manager, target, place, texts }) => {
    const before = [...texts];
    assert.deepEqual(manager.plan(target, place, texts), manager.plan(target, place, texts));
    assert.deepEqual([...texts], before);
  },

  "a plan changes something, and only files that were asked for": ({ manager, target, place, texts }) => {
    const { changes } = manager.plan(target, place, texts);
    const files = new Set(manager.files(place));
    assert.notEqual(changes.length, 0);
    for (const change of changes) {
      assert.ok(files.has(change.path), change.path);
      assert.equal(change.before, texts.get(change.path) ?? null);
      assert.notEqual(change.before, change.after);
    }
  },

  "a second plan is empty": ({ manager, target, place, texts }) => {
    const after = apply(texts, manager.plan(target, place, texts));
    assert.deepEqual(manager.plan(target, place, after).changes, []);
  },

  "the client would find what was written": ({ manager, target, place, texts }) => {
    const draft = manager.plan(target, place, texts);
    const status = manager.status(target.url, place, apply(texts, draft));
    assert.deepEqual([status.configured, status.secret?.reveal()], [true, target.secret.reveal()]);
    assert.deepEqual(status.shadowed_by, []);
  },

  "undoing gives back the original bytes": ({ manager, target, place, texts }) => {
    for (const change of manager.plan(target, place, texts).changes) {
      const { text, skipped } = undo(journal(change), change.before, change.after ?? "");
      assert.deepEqual([text, skipped], [change.before, []]);
    }
  },

  "undoing after a later edit takes back only our entries": ({ manager, target, place, texts }) => {
    for (const change of manager.plan(target, place, texts).changes) {
      // A file that is ours alone is the user's as soon as they have edited it.
      if (formatOf(change) === "whole") continue;
      const { later, sameBut = (text) => text } = originalsOf(change);
      const { text, skipped } = undo(journal(change), change.before, later(change.after ?? ""));
      assert.deepEqual(skipped, []);
      assert.equal(sameBut(text ?? ""), sameBut(later(change.before ?? "")));
    }
  },

  "what the user changes after us is not taken back": ({ manager, target, place, texts }) => {
    for (const change of manager.plan(target, place, texts).changes) {
      const edited = change.entries.reduce((text, { format, path }) => {
        const theirs = originals[format]?.theirs ?? "the-users-own";
        return formatNamed(format).write(text, path, typeof theirs === "string" ? theirs : theirs(path));
      }, change.after ?? "");
      const { text, skipped } = undo(journal(change), change.before, edited);
      assert.equal(text, edited);
      assert.equal(skipped.length, change.entries.length);
    }
  },

  "nothing but our entries changes": ({ manager, target, place, texts }) => {
    for (const { before, after, entries } of manager.plan(target, place, texts).changes) {
      const rest = linesOf(after);
      const lost = linesOf(before).filter(
        (line) => rest.indexOf(line) < 0 || !rest.splice(rest.indexOf(line), 1),
      );
      // A line that ends with an object or an empty element changes, too, when that one gets a member.
      const filled = lost.filter((line) => {
        const open = line.replace(/[\s}\]]+$/, "");
        const gained = open !== line && rest.some((now) => now.startsWith(open));
        return gained || /<\w+ ?\/>$|<(\w+)><\/\1>$/.test(line);
      }).length;
      const ours = entries.flatMap((entry) => (entry.before === undefined ? [] : entry.before.split("\n")));
      assert.ok(lost.length - filled <= ours.length, `lost: ${lost.join(" | ")}`);
      assert.equal(after?.startsWith("\uFEFF"), before?.startsWith("\uFEFF") ?? false);
      if (before?.includes("\n"))
        assert.equal(/(?<!\r)\n/.test(after ?? ""), /(?<!\r)\n/.test(before), "line breaks");
    }
  },

  "no secret shows in a preview": ({ manager, target, place, texts }) => {
    const draft = manager.plan(target, place, texts);
    for (const { after, entries } of draft.changes) {
      const masked = entries.reduce(
        (text, entry) => (entry.sensitive && entry.after ? text.replaceAll(entry.after, "•") : text),
        after ?? "",
      );
      assert.equal(redact(masked), masked);
      for (const { path } of entries) assert.equal(redact(path.join(" ")), path.join(" "));
    }
    const { changes: _, ...rest } = draft;
    assert.equal(redact(JSON.stringify(rest)), JSON.stringify(rest));
  },

  "a rotation leaves no copy of the old secret": ({ manager, target, place, texts }) => {
    const after = apply(texts, manager.plan(target, place, texts));
    const next = { ...target, secret: new Secret(nextToken) };
    const rotated = apply(after, manager.plan(next, place, after));
    for (const text of rotated.values())
      for (const copy of copiesOf(target)) assert.ok(!text?.includes(copy));
  },

  "a file that does not parse is refused": ({ manager, target, place, texts }) => {
    const { changes } = manager.plan(target, place, texts);
    // A file that is ours alone can be anything.
    const parsed = changes.filter((change) => formatOf(change) !== "whole");
    for (const change of parsed) {
      const ruined = new Map(texts).set(change.path, originalsOf(change).broken);
      const names = (error: unknown) =>
        error instanceof Problem &&
        error.code === "file_unparsable" &&
        error.message.includes(change.path) &&
        /line \d/.test(error.fix);
      assert.throws(() => manager.plan(target, place, ruined), names);
      if (change === parsed[0]) assert.throws(() => manager.status(target.url, place, ruined), names);
    }
  },

  "control characters are refused in every value": ({ manager, target, place, texts }) => {
    const clean = manager.plan(target, place, texts);
    for (const sign of ["\n", "\r", "\r\nx=y", "\0", "\t", "\u2028"]) {
      const used: Partial<Target>[] = [
        { secret: new Secret(`${token}${sign}`) },
        { url: `${target.url}${sign}` },
      ];
      for (const values of used)
        assert.throws(() => manager.plan({ ...target, ...values }, place, texts), isRefusal);
      const others: Partial<Target>[] = [
        { username: `alice${sign}` },
        { path: `docker${sign}` },
        { npm_scope: `@acme${sign}` },
      ];
      for (const values of others)
        assert.ok(
          isRefusedOrUnused(() => manager.plan({ ...target, ...values }, place, texts), clean),
          JSON.stringify(values),
        );
    }
  },

  "a URL with a user in it, or http to another machine, is refused": ({ manager, target, place, texts }) => {
    for (const url of [
      "https://alice:pw@acme.example/npm/",
      "http://acme.example/npm/",
      "ftp://acme.example/",
      "",
      "not a url",
    ]) {
      assert.throws(() => manager.plan({ ...target, url }, place, texts), isRefusal, url);
    }
  },

  "a project scope without a project, or that it lacks, is refused": ({ manager, target, place, texts }) => {
    assert.throws(
      () => manager.plan(target, { ...place, scope: "project", project_dir: undefined }, texts),
      isRefusal,
    );
  },

  "a user's set-up writes nothing into a project": ({ manager, target, place, texts }) => {
    if (place.scope !== "user") return;
    const inside = { ...place, project_dir: "/users/alice/shop" };
    const here = new Map([...manager.files(inside).map((file) => [file, null] as const), ...texts]);
    const { changes } = manager.plan(target, inside, here);
    assert.deepEqual(
      changes.filter(({ path }) => path.startsWith("/users/alice/shop")),
      [],
    );
    manager.status(target.url, inside, here);
  },

  "no secret goes into a project, whose files others see": ({ manager, target, place, texts }) => {
    const { project_dir } = place;
    // pip's is inside the virtual environment, which nobody commits.
    const shared = manager
      .plan(target, place, texts)
      .changes.filter(({ path }) => project_dir !== undefined && path.startsWith(project_dir))
      .filter(({ path }) => !path.includes("/.venv/"));
    for (const { after } of shared) for (const copy of copiesOf(target)) assert.ok(!after?.includes(copy));
  },

  "verification never throws, sends the secret in no URL and follows no redirect": async ({
    manager,
    target,
  }) => {
    const asked: RequestInit[] = [];
    const answer =
      (status: number) =>
      async (input: string | URL | Request, init: RequestInit = {}) => {
        asked.push(init);
        const url = String(input instanceof Request ? input.url : input);
        assert.equal(redact(url), url);
        return new Response(null, { status, headers: { location: "https://elsewhere.example/" } });
      };
    const dead = () => Promise.reject(new TypeError("fetch failed"));
    for (const fetch of [dead, ...[204, 302, 401, 403, 404, 429, 500].map(answer)]) {
      const { ok, cause, request } = await manager.verify(target, fetch);
      assert.ok(ok || cause);
      assert.equal(redact(request + cause), request + cause);
    }
    for (const init of asked)
      assert.deepEqual([init.redirect, init.signal instanceof AbortSignal], ["manual", true]);
  },
};

/** Every law that a manager breaks, with the first case that shows it. */
export async function violations(manager: PackageManager): Promise<string[]> {
  const cases = casesOf(manager);
  const found: string[] = [];
  for (const [law, check] of Object.entries(laws)) {
    const failure = await firstFailure(cases, check);
    if (failure) found.push(`${law}: ${failure}`);
  }
  return found;
}

async function firstFailure(
  cases: readonly Case[],
  check: (test: Case) => void | Promise<void>,
): Promise<string | undefined> {
  for (const test of cases) {
    try {
      await check(test);
    } catch (error) {
      return `${test.name}: ${error instanceof Error ? error.message : error}`;
    }
  }
  return undefined;
}

/** Each scope with each style, on no file at all and on every original. */
function casesOf(manager: PackageManager): Case[] {
  const styles: (SecretStyle | undefined)[] = [undefined, ...manager.styles];
  return manager.scopes.flatMap((scope) =>
    styles.flatMap((style) => {
      const place: Place = {
        scope,
        home: "/users/alice",
        ...(scope === "project" && { project_dir: "/users/alice/shop" }),
        env: {
          FLY_TOKEN: token,
          FLY_USER: "alice",
          HOME: "/users/alice",
          TWINE_PASSWORD: token,
          // cargo has a variable of its own, and needs the whole header in it.
          ...(style === "reference" && { CARGO_REGISTRIES_FLY_TOKEN: `Bearer ${token}` }),
        },
        platform: "linux",
        store: "/users/alice/.local/share/fly-tokens/credentials.json",
        program: ["/opt/node", "/opt/fly-tokens/main.js"],
      };
      const target: Target = {
        url: urls[manager.ecosystem],
        path: "docker",
        ...(manager.ecosystem === "pypi" && {
          publish_url: "https://acme.example/artifactory/api/pypi/pypi",
        }),
        username: "alice",
        secret: new Secret(token),
        style,
      };
      const none = new Map(
        manager.files(place).map((file) => [file, file.endsWith("pyvenv.cfg") ? "home = /usr/bin\n" : null]),
      );
      const written = manager.plan(target, place, none).changes;
      const choices = written.map(({ path, entries }) => {
        const { texts: all = [], fits = () => true } = originals[entries[0]?.format ?? ""] ?? {};
        return { path, list: all.filter((text) => fits(text, path)) };
      });
      const variants = Math.max(...choices.map(({ list }) => list.length));
      const filled = Array.from({ length: variants }, (_, index) => {
        const texts = new Map(none);
        for (const { path, list } of choices)
          if (list.length > 0) texts.set(path, list[index % list.length] ?? "");
        return texts;
      });
      return [none, ...filled].map((texts, index) => ({
        name: `${manager.id}, ${scope}, ${style ?? "default style"}, original ${index}`,
        manager,
        place,
        // A registry that has the public packages too, and one that has not.
        target: { ...target, mirrors: index % 2 === 0 },
        texts,
      }));
    }),
  );
}

/** The forms in which a token may stand in a file. */
function copiesOf({ username }: Target): string[] {
  return [token, encodeURIComponent(token), Buffer.from(`${username}:${token}`).toString("base64")];
}

function apply(texts: Texts, draft: Draft): Texts {
  return new Map([...texts, ...draft.changes.map(({ path, after }) => [path, after] as const)]);
}

/** The journal's view of a change, as the disk writes it. */
export function journal({ path, before, after, entries }: Change): JournalFile {
  const hash = (text: string | null | undefined) =>
    text === null || text === undefined ? null : createHash("sha256").update(text).digest("hex");
  return {
    path,
    before: hash(before),
    after: hash(after),
    entries: entries.map((entry) => ({
      format: entry.format,
      path: entry.path,
      written: hash(entry.after),
      sensitive: entry.sensitive,
    })),
  };
}

function originalsOf(change: Change): Originals {
  const found = originals[formatOf(change)];
  assert.ok(found, `no originals for the format ${formatOf(change)}`);
  return found;
}

function formatOf(change: Change): string {
  return change.entries[0]?.format ?? "none";
}

function formatNamed(id: string) {
  const format = Object.values(formats).find((one) => one.id === id);
  assert.ok(format, `no format ${id}`);
  return format;
}

function linesOf(text: string | null): string[] {
  if (!text) return [];
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/,$/, ""));
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Problem &&
    ["invalid_input", "unsupported", "unsafe_location"].includes(error.code) &&
    error.fix !== ""
  );
}

/** A value that a manager has no use for must not make a difference; one that it uses must be refused. */
function isRefusedOrUnused(plan: () => Draft, clean: Draft): boolean {
  try {
    assert.deepEqual(plan(), clean);
    return true;
  } catch (error) {
    return isRefusal(error);
  }
}
