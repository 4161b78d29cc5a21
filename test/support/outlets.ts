/** Where something can come out of a machine, for tests that look for secrets there. */
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { vi } from "vitest";
import { calls, inWords } from "../../src/audit/show.ts";
import { faultLine, openLog } from "../../src/log.ts";
import { rotateDue } from "../../src/rotation/due.ts";
import type { Canaries } from "./canaries.ts";
import { treeOf } from "./home.ts";
import type { Machine } from "./machine.ts";

/**
 * Texts by where they came out. Left out is what is meant to hold values: users' files, the backups of those (0600), the
 * input of programs, and the record of a rotation that is not over (`heldIn`).
 */
export async function outletsOf(here: Machine): Promise<Record<string, string[]>> {
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  for (const fault of here.faults) openLog("debug").error(faultLine(fault));
  stderr.mockRestore();
  const ours = Object.entries(await treeOf(here.at("ours")));
  const standIns = Object.entries(await here.tree()).filter(([name]) =>
    /^seen$|^stand-ins\/\w+\/(argv|env)$/.test(name),
  );
  return {
    frames: here.frames,
    "log lines": lines,
    "the registry's log": here.registry.log.map((line) => JSON.stringify(line)),
    "names of our files": ours.map(([name]) => name),
    ...Object.fromEntries(
      ours.flatMap(([name, text]) =>
        /^state\/backups\/.*/.test(name) && text.startsWith("0600") ? [] : [[name, [text]]],
      ),
    ),
    "processes and their environments": standIns.map(([, text]) => text),
    "names of temporary files": await readdir(tmpdir()),
    "audit show": await shown(here),
    "rotate-due": await due(here),
  };
}

/** Secrets in them, each as often as it is there. */
export function foundIn(
  outlets: Record<string, string[]>,
  canaries: Canaries,
): { where: string; value: string }[] {
  return Object.entries(outlets).flatMap(([where, texts]) =>
    texts.flatMap((text) => canaries.in(text).map((value) => ({ where, value }))),
  );
}

/** Secrets in records of rotations, by the phase that each is in: only one that is being carried on may have any. */
export async function heldIn(here: Machine, canaries: Canaries): Promise<Record<string, string[]>> {
  const records = await here.context.rotations.all((why) => {
    throw why;
  });
  return Object.fromEntries(
    records.flatMap((record) => {
      const values = canaries.in(JSON.stringify(record));
      return values.length > 0 ? [[record.phase, values]] : [];
    }),
  );
}

async function shown({ context }: Machine): Promise<string[]> {
  const texts: string[] = [];
  for await (const call of calls(context.config.folders.state, {}))
    texts.push(inWords(call), JSON.stringify(call));
  return texts;
}

async function due({ context }: Machine): Promise<string[]> {
  const texts: string[] = [];
  for await (const outcome of rotateDue({ within: 400 * 86_400_000, dry_run: true }, context)) {
    const { problem } = outcome;
    texts.push(JSON.stringify(outcome), `${problem?.message} ${problem?.fix}`);
  }
  return texts;
}
