/** The official conformance suites, of both eras: in full against the test mount, and what needs no fixture against the bundle. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Mount, openMount } from "../conformance/mount.ts";
import { required, runSuite, type SuiteRun } from "../conformance/suite.ts";
import { tempHome } from "../support/home.ts";
import { serve } from "./http-server.ts";
import { type Machine, openMachine } from "./machine.ts";

// Some scenarios wait half a second for an answer, and a machine that is busy with other things may miss that once.
const again = { retry: 1 };

const legacy = "2025-11-25";
const modern = "2026-07-28";

const baseline = (revision: string) => join(import.meta.dirname, `../conformance/expected-${revision}.yml`);
const textOf = (revision: string) => readFileSync(baseline(revision), "utf8");
const expectedOf = (revision: string) => (parse(textOf(revision)) as { server: string[] }).server;

/**
 * What speaks against it that these scenarios passed; one that has not passed a single check has not passed.
 * @param without checks that do not count
 */
function complaints(
  { scenarios }: SuiteRun,
  names: readonly string[],
  without: readonly string[] = [],
): string[] {
  return names.flatMap((name) => {
    const { passed, failed } = scenarios.get(name) ?? { passed: [], failed: [] };
    const left = failed.filter(({ id }) => !without.includes(id));
    const said = left.map(({ id, why }) => `${name}: ${id}: ${why}`);
    return said.length > 0 || passed.length > 0 ? said : [`${name}: nothing passed`];
  });
}

describe("the conformance suites against the test mount", () => {
  let mount: Mount;
  beforeAll(async () => {
    mount = await openMount();
  });
  afterAll(() => mount[Symbol.asyncDispose]());

  const suites: ["0.1" | "0.2", string, string[]][] = [
    ["0.1", legacy, ["--suite", "active"]],
    ["0.2", legacy, ["--requirements", legacy]],
    ["0.2", modern, ["--requirements", modern]],
  ];
  test.each(suites)(
    "line %s finds nothing in revision %s but what is expected",
    again,
    async (line, revision, args) => {
      await using results = await tempHome();
      const command = [...args, "--expected-failures", baseline(revision)];
      const run = await runSuite(line, mount.url, command, results.path);
      const expected = expectedOf(revision);
      const wanted = (await required(revision)).filter((name) => !expected.includes(name));
      expect(wanted.length).toBeGreaterThan(20);
      expect(complaints(run, wanted)).toEqual([]);
      // It fails for what is not expected, and also for what is expected and passes.
      expect(run.code, run.summary).toBe(0);
    },
  );

  test.each([legacy, modern])("each failure that is expected in %s has its reason above it", (revision) => {
    const lines = textOf(revision)
      .split("\n")
      .map((line) => line.trim());
    const entries = lines.flatMap((line, at) => (line.startsWith("- ") ? [lines[at - 1]] : []));
    expect(entries).toHaveLength(expectedOf(revision).length);
    for (const above of entries) expect(above).toMatch(/^# .{20}/);
  });
});

describe("the conformance suites against fly-tokens http", () => {
  let machine: Machine;
  let url: string;
  beforeAll(async () => {
    machine = await openMachine();
    ({ url } = await serve(machine, { FLY_TOKENS_HTTP_TOKEN: "" }, ["--anonymous"]));
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  // They call tools of the suite's: one that asks the client's model, one that shows a form, one that logs.
  const needFixtures = [
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
  ];
  const lists = ["tools-list", "prompts-list", "resources-list"];
  const needNoFixture: ["0.1" | "0.2", string, string[], string[]][] = [
    [
      "0.1",
      legacy,
      ["--suite", "active"],
      ["server-initialize", "ping", ...lists, "dns-rebinding-protection"],
    ],
    [
      "0.2",
      modern,
      ["--requirements", modern],
      [
        ...lists,
        "caching",
        "dns-rebinding-protection",
        "http-header-validation",
        "input-required-result-unsupported-methods",
        "sep-2164-resource-not-found",
        "server-sse-multiple-streams",
        "server-stateless",
      ],
    ],
  ];
  test.each(needNoFixture)(
    "line %s passes in revision %s what needs no fixture",
    again,
    async (line, _, args, names) => {
      await using results = await tempHome();
      const run = await runSuite(line, url, args, results.path);
      expect(complaints(run, names, needFixtures)).toEqual([]);
    },
  );
});
