import { canonical } from "../audit/chain.ts";
import { calls, inWords, type Wanted } from "../audit/show.ts";
import { type Verdict, verify } from "../audit/verify.ts";
import { lifetime } from "../expiry.ts";
import { Problem } from "../problem.ts";
import type { Command, Invocation } from "./command.ts";

const works: Record<string, (invocation: Invocation) => Promise<number>> = {
  verify: verifyLog,
  show: showLog,
};

export const command: Command = {
  about: "What was asked for, by whom, and what came of it",
  words: () => Object.keys(works),
  flags: {
    expect: { type: "string" },
    since: { type: "string" },
    token: { type: "string" },
    tool: { type: "string" },
    caller: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean" },
  },
  async run(invocation) {
    const [name = "", ...others] = invocation.positionals;
    const work = Object.hasOwn(works, name) ? works[name] : undefined;
    if (work && others.length === 0) return work(invocation);
    throw new Problem(
      "invalid_input",
      "What is to be done with the audit log?",
      "`fly-tokens audit verify [--expect HASH]`, or `fly-tokens audit show [--since 7d] [--token ID] [--tool NAME] [--caller NAME] [--limit N] [--json]`.",
      { allowed: Object.keys(works) },
    );
  },
};

async function verifyLog({ config, flags }: Invocation): Promise<number> {
  const { expect } = flags;
  if (typeof expect === "string" && !/^[0-9a-f]{64}$/.test(expect))
    throw new Problem(
      "invalid_input",
      "What follows --expect is not the hash of a line.",
      "Give the 64 digits that `fly-tokens audit verify` printed before.",
    );
  const verdict = await verify(config.folders.state, typeof expect === "string" ? expect : undefined);
  await print(flags.json ? canonical(verdict) : said(verdict));
  return verdict.wrong ? 1 : 0;
}

function said({ lines, head, torn, wrong }: Verdict): string {
  return [
    wrong
      ? `WRONG: ${wrong.line > 0 ? `line ${wrong.line}: ` : ""}${wrong.why}.`
      : `The log is as it was written: ${lines} ${lines === 1 ? "line" : "lines"}.`,
    ...torn.map((line) => `Line ${line} is torn: a process ended while it wrote it.`),
    wrong ? `In order before that: ${lines}, head ${head}` : `head ${head}`,
  ].join("\n");
}

async function showLog({ config, seams, flags }: Invocation): Promise<number> {
  const { since, token, tool, caller, limit } = flags;
  const wanted: Wanted = {
    since: typeof since === "string" ? moment(since, seams.now()) : undefined,
    token: typeof token === "string" ? token : undefined,
    tool: typeof tool === "string" ? tool.replaceAll("-", "_") : undefined,
    caller: typeof caller === "string" ? caller : undefined,
    limit: typeof limit === "string" ? count(limit) : undefined,
  };
  try {
    for await (const call of calls(config.folders.state, wanted))
      await print(flags.json ? canonical(call) : inWords(call));
  } catch (error) {
    // `… | head` has seen enough.
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
  return 0;
}

/** @throws Problem `invalid_input` */
function moment(text: string, now: Date): Date {
  if (!/^\d{4}-/.test(text)) return new Date(now.getTime() - lifetime(text));
  // Without a zone a time would be read in that of whoever asks.
  const when = new Date(/T.*(z|[+-]\d\d:?\d\d)$|^[\d-]+$/i.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(when.getTime())) return when;
  throw new Problem(
    "invalid_input",
    "What follows --since is not a date.",
    "Use 7d, 2027-01-31 or 2027-01-31T12:00Z.",
  );
}

/** @throws Problem `invalid_input` */
function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Problem(
    "invalid_input",
    "What follows --limit is not a number of calls.",
    "Use a number from 1 to 999999.",
  );
}

/** As fast as it is read. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", reject);
    process.stdout.write(`${text}\n`, (error) => {
      // The event of an error comes later: it is still listened for.
      if (error) return reject(error);
      process.stdout.off("error", reject);
      resolve();
    });
  });
}
