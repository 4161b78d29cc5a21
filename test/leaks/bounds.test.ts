import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { findLeaks } from "../../src/leaks/find.ts";
import { run } from "../../src/run.ts";
import { type Machine, openMachine } from "../support/machine.ts";
import { base64, planted } from "./planted.ts";

const npm = () => planted.npm?.().value ?? "";
const openHere = (options = {}) => openMachine({ ...options, env: { PATH: process.env.PATH ?? "" } });
const usual = { git_history: false, include_ignored: false };
const find = (machine: Machine, limits: object, request: object = {}) =>
  findLeaks({ ...usual, ...request }, machine.context, limits);

async function commit(machine: Machine, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await machine.write(`repo/${name}`, text);
  for (const args of ["init -q", "add .", "-c user.name=a -c user.email=a@a.example commit -qm 1"]) {
    const { code, stderr } = await run("git", args.split(" "), { cwd: machine.at("repo") });
    if (code !== 0) throw new Error(stderr);
  }
}

describe("a file in pieces", () => {
  // Around every cut, so that each of them goes through a token once.
  it("is the same as in one, wherever it is cut", async () => {
    await using machine = await openHere();
    const [a, b, c] = [npm(), npm(), planted["bag of macaroons"]?.().value ?? ""];
    const text = `${"é\n".repeat(40)}1 ${a}\n${"x".repeat(70)} ${base64(`u:${b}`)}\r\n ${c}${"\n".repeat(30)}`;
    await machine.write("plain", text);
    await writeFile(machine.at("wide"), Buffer.from(`\ufeff${text}`, "utf16le"));
    const places = async (piece: number) =>
      (await find(machine, { piece })).findings
        .map(({ path, line, kind, fingerprint }) => [path, line, kind, fingerprint])
        .sort();
    const whole = await places(1_000_000);
    expect(whole.length).toBe(6);
    for (let piece = 2; piece < 260; piece += 6) expect([piece, await places(piece)]).toEqual([piece, whole]);
  });
});

describe("bounds", () => {
  it("files, bytes and time end it, and how to go on is said", async () => {
    let time = Date.now();
    await using machine = await openHere({ now: () => new Date(time) });
    for (const name of ["a", "b", "c"]) await machine.write(name, `${npm()}\n`);
    for (const [limits, said] of [
      [{ files: 2 }, "Stopped after 2 files"],
      [{ bytes: 100 }, "Stopped after 0 MB"],
      [{ values: 2 }, "Stopped after 2 different tokens"],
    ] as const) {
      const { findings, skipped, truncated } = await find(machine, limits);
      expect([findings.length, truncated]).toEqual([2, true]);
      expect(skipped[0]).toContain(said);
      expect(skipped[0]).toMatch(/all again|then call again/);
    }
    const now = () => {
      time += 10_000;
      return new Date(time);
    };
    const slow = findLeaks(usual, { ...machine.context, now }, {});
    expect(await slow).toMatchObject({
      truncated: true,
      skipped: [expect.stringContaining("after 60 seconds")],
    });
  });

  it("a file that is too large is said, and one token in many places is listed ten times", async () => {
    await using machine = await openHere();
    const value = npm();
    await machine.write("large", `${value}${" ".repeat(2000)}`);
    await machine.write("many", `${value}\n`.repeat(30));
    const { findings, skipped, truncated } = await find(machine, { file: 1999 });
    expect([findings.length, truncated]).toEqual([10, false]);
    expect(skipped).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Over .* MB: .*large\.$/),
        expect.stringMatching(/^More than 10 places of one token/),
      ]),
    );
  });

  it("no more is said than an agent can read, and of every token before all of any", async () => {
    await using machine = await openHere();
    const { value } = await machine.registry.mint();
    const values = [...Array.from({ length: 30 }, npm), value];
    for (let at = 0; at < 9; at++) await machine.write(`file ${at}`, `${values.join("\n")}\n`);
    const { findings, skipped, truncated } = await find(machine, { said: 20_000 });
    const fingerprints = findings.map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(31);
    expect(JSON.stringify(findings).length).toBeLessThan(20_000);
    expect(findings[0]).toMatchObject({ active: "yes" });
    expect([skipped, truncated]).toEqual([
      [expect.stringMatching(new RegExp(`^${279 - findings.length} more places .* 0 whole tokens`))],
      true,
    ]);
    const few = await find(machine, { said: 2000 });
    expect(few.findings[0]).toMatchObject({ active: "yes" });
    expect(few.skipped[0]).toContain(`${31 - few.findings.length} whole tokens`);
  });

  it("issuers are asked about so many values", async () => {
    await using machine = await openHere();
    const values = await Promise.all([1, 2, 3].map(() => machine.registry.mint()));
    await machine.write("all", values.map(({ value }) => value).join("\n"));
    const { findings } = await find(machine, { asked: 2 });
    expect(findings.map(({ active }) => active)).toEqual(["yes", "yes", "unknown"]);
    expect(findings[2]?.reason).toContain("Only 2 values");
  });

  it("of history: objects and bytes end it, what is too large is said", async () => {
    await using machine = await openHere();
    const files = { a: npm(), b: npm(), large: " ".repeat(500) };
    await commit(machine, files);
    const history = (limits: object) => find(machine, limits, { paths: ["repo"], git_history: true });
    const inHistory = async (limits: object) => {
      const { findings, skipped, truncated } = await history(limits);
      return [findings.filter((one) => one.in === "history").length, truncated, skipped.join(" ")];
    };
    expect(await inHistory({})).toEqual([2, false, ""]);
    expect(await inHistory({ blob: 499 })).toEqual([
      2,
      false,
      expect.stringMatching(/^In history, and over/),
    ]);
    expect(await inHistory({ objects: 1 })).toEqual([
      2,
      true,
      expect.stringContaining("objects of git's history"),
    ]);
    expect(await inHistory({ history: 60 })).toEqual([1, true, expect.stringContaining("single-branch")]);
  });
});
