/** `fly-tokens macaroon`, as scripts use it: the vectors through the bundle. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bundle, type Machine, openMachine } from "./machine.ts";

interface Case {
  id: string;
  kind: string;
  in: {
    header: string;
    caveats?: unknown;
    location?: string;
    key?: string;
    third_parties?: Record<string, string[]>;
  };
  out: Record<string, unknown>;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../fixtures/macaroons.json", import.meta.url), "utf8"),
) as { cases: Case[] };
const base64 = (hex: string) => `${Buffer.from(hex, "hex").toString("base64")}\n`;

/** The arguments for a case, whose files have been written. */
async function wordsFor({ kind, in: given }: Case, machine: Machine): Promise<string[]> {
  if (kind === "parse") return ["explain", "--json"];
  if (kind === "attenuate") {
    await machine.write("caveats.json", JSON.stringify(given.caveats));
    return [
      "attenuate",
      "--caveats",
      "caveats.json",
      ...(given.location ? ["--location", given.location] : []),
    ];
  }
  await machine.write("key", base64(given.key ?? ""));
  const parties = Object.entries(given.third_parties ?? {}).flatMap(([location, keys]) =>
    keys.map((key) => ({ location, key })),
  );
  const words = ["verify", "--key-file", "key"];
  for (const [index, { location, key }] of parties.entries()) {
    await machine.write(`key-${index}`, base64(key));
    words.push("--third-party", `${location}=key-${index}`);
  }
  return words;
}

test("gives every vector's answer, with its exit code", async () => {
  await using machine = await openMachine();
  for (const one of cases.filter(({ kind }) => kind !== "mint")) {
    const { code, stdout, stderr } = await machine.flyTokens(
      ["macaroon", ...(await wordsFor(one, machine))],
      {
        input: one.in.header,
      },
    );
    const { canonical: _, ...out } = one.out;
    if (out.error !== undefined) {
      expect([one.id, code, stdout, JSON.parse(stderr)]).toEqual([
        one.id,
        2,
        "",
        { error: out.error, message: expect.any(String), fix: expect.any(String) },
      ]);
      continue;
    }
    const answer = one.kind === "attenuate" ? { header: stdout.trim() } : (JSON.parse(stdout) as unknown);
    expect([one.id, stderr, answer]).toEqual([one.id, "", out]);
    expect([one.id, code]).toEqual([one.id, out.verified === false ? 1 : 0]);
  }
}, 120_000);

test("explains in sentences, without the token", async () => {
  await using machine = await openMachine();
  const header = cases.find(({ id }) => id === "att-readonly")?.in.header ?? "";
  const { code, stdout } = await machine.flyTokens(["macaroon", "explain"], { input: header });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/It may do everything in organization \d+\./)]);
  expect(stdout).not.toMatch(/fm2_|[A-Za-z0-9+/]{40}/);
});

test("takes files as Windows writes them, and parties of any name", async () => {
  await using machine = await openMachine();
  const header = cases.find(({ id }) => id === "att-readonly")?.in.header ?? "";
  await machine.write("caveats.json", '\uFEFF[\r\n{"type":"Action","body":"r"}]\r\n');
  await machine.write("key", `${Buffer.alloc(32).toString("base64")}\r\n`);
  const run = (words: string[]) => machine.flyTokens(["macaroon", ...words], { input: `\r\n${header}\r\n` });
  expect(await run(["attenuate", "--caveats", "caveats.json"])).toMatchObject({ code: 0, stderr: "" });
  for (const party of ["__proto__", "constructor"]) {
    const { code, stdout, stderr } = await run([
      "verify",
      "--key-file",
      "key",
      "--third-party",
      `${party}=key`,
    ]);
    expect([code, stderr, JSON.parse(stdout)]).toEqual([
      1,
      "",
      { verified: false, results: [expect.objectContaining({ error: "bad_signature" })] },
    ]);
  }
});

test("reads no more than a token can have", async () => {
  await using machine = await openMachine();
  const { child, said, ended } = machine.start(process.execPath, [bundle, "macaroon", "explain"]);
  const block = "fm2_AAAA,".repeat(10_000);
  const fill = () => child.stdin?.write(block) && setImmediate(fill);
  child.stdin?.on("drain", fill);
  fill();
  await said(/"too_large"/);
  expect(await ended).toBe(2);
});

test("refuses what it cannot do, as JSON and with code 2", async () => {
  await using machine = await openMachine();
  const header = cases.find(({ id }) => id === "att-readonly")?.in.header ?? "";
  await machine.write("short", "c2hvcnQ=\n");
  await machine.write("none.json", "{}");
  for (const [words, error] of [
    [[], "invalid_input"],
    [["explain", header], "invalid_input"],
    [["mint"], "invalid_input"],
    [["attenuate"], "invalid_input"],
    [["attenuate", "--caveats", "nowhere"], "file_unreadable"],
    [["attenuate", "--caveats", "none.json"], "bad_caveat"],
    [["verify", "--key-file", "short"], "invalid_input"],
    [["verify", "--key-file", "short", "--third-party", "x"], "invalid_input"],
  ] as const) {
    const { code, stdout, stderr } = await machine.flyTokens(["macaroon", ...words], { input: header });
    expect([words, code, stdout, JSON.parse(stderr)]).toEqual([
      words,
      2,
      "",
      expect.objectContaining({ error }),
    ]);
    expect(stderr).not.toContain(header.slice(20, 60));
  }
});
