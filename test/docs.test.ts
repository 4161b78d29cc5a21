/** That the docs hold together: links lead somewhere, named tests exist, and nothing is longer than a reader bears. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));
const pages = ["README.md", "AGENTS.md", "CHANGELOG.md", ...docs].sort();
const read = (page: string) => readFileSync(join(root, page), "utf8");

/** What a page links to in this repository, from its root; with the heading that is meant. */
function links(page: string): { path: string; heading: string | undefined }[] {
  const prose = read(page).replace(/^```.*?^```/gms, "");
  // AGENTS.md names pages without a link: it is read as text.
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/`(docs\/[\w./-]+)`/g)].flatMap(
    ([, target = ""]) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [path = "", heading] = target.split("#");
      const from = target.startsWith("docs/") ? "." : dirname(page);
      return [{ path: path === "" ? page : relative(root, join(root, from, path)), heading }];
    },
  );
}

/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

describe.each(pages)("%s", (page) => {
  it("links to what exists", () => {
    const broken = links(page).filter(({ path, heading }) => {
      if (!existsSync(join(root, path))) return true;
      if (heading === undefined) return false;
      const headings = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => anchor(text));
      return !headings.includes(heading);
    });
    expect(broken).toEqual([]);
  });
});

it("every page can be reached from the README or AGENTS.md", () => {
  const reached = new Set(["README.md", "AGENTS.md", "CHANGELOG.md"]);
  for (const page of reached)
    for (const { path } of links(page))
      if (path.endsWith(".md") && existsSync(join(root, path))) reached.add(path);
  // A folder that is linked to shows what is in it.
  const linked = [...reached].flatMap((page) => links(page).map(({ path }) => path.replace(/\/$/, "")));
  expect(docs.filter((page) => !reached.has(page) && !linked.includes(dirname(page)))).toEqual([]);
});

it("every row of the threat table names tests that exist", () => {
  const rows = read("docs/threats.md").match(/^\| (0\d|10) \|.*$/gm) ?? [];
  expect(rows).toHaveLength(10);
  for (const row of rows) {
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path);
    expect(tests, row.slice(0, 40)).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  }
});

it("the README is under 250 lines, and AGENTS.md under 100", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(250);
  expect(read("AGENTS.md").split("\n").length).toBeLessThan(100);
});
