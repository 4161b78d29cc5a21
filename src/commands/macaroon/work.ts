/** What `fly-tokens macaroon` does with a header. Each prints its result and returns the exit code. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { attenuate } from "../../macaroon/attenuate.ts";
import { type CaveatJson, toJson } from "../../macaroon/caveat.ts";
import { explain } from "../../macaroon/explain.ts";
import { MacaroonFault } from "../../macaroon/fault.ts";
import { reportOn } from "../../macaroon/report.ts";
import { verify } from "../../macaroon/verify.ts";
import { Problem } from "../../problem.ts";
import type { Invocation } from "../command.ts";

/** In sentences; with --json everything that is in it, the signature, too. */
export async function explainHeader(header: string, { flags, seams }: Invocation): Promise<number> {
  if (flags.json) {
    const { tokens, undischarged, expires_at } = reportOn(header);
    print(JSON.stringify({ tokens, undischarged, expires_at }, null, 2));
  } else print(explain(header, { now: seams.now() }).sentences.join("\n"));
  return 0;
}

export async function attenuateHeader(header: string, { flags, seams }: Invocation): Promise<number> {
  const path = needed(flags.caveats, "--caveats", "a file with a JSON array of caveats");
  const caveats = parseCaveats(await read(resolve(seams.cwd, path)));
  const location = typeof flags.location === "string" ? flags.location : undefined;
  print(attenuate(header, caveats, location));
  return 0;
}

/** Ends with 1 when none of the header's permission tokens is genuine. */
export async function verifyHeader(header: string, { flags, seams }: Invocation): Promise<number> {
  const path = needed(flags["key-file"], "--key-file", "a file with the key in base64");
  // A location is anybody's text, and may be called like something that every object has.
  const trusted: Record<string, Buffer[]> = Object.create(null);
  for (const pair of Array.isArray(flags["third-party"]) ? (flags["third-party"] as string[]) : []) {
    const at = pair.lastIndexOf("=");
    if (at < 1)
      throw new Problem("invalid_input", "A third party is LOCATION=KEYFILE.", "Correct --third-party.");
    const location = pair.slice(0, at);
    trusted[location] = [...(trusted[location] ?? []), await readKey(resolve(seams.cwd, pair.slice(at + 1)))];
  }
  const { verified, results } = verify(header, await readKey(resolve(seams.cwd, path)), trusted);
  const shown = results.map((one) => (one.verified ? { ...one, caveats: one.caveats.map(toJson) } : one));
  print(JSON.stringify({ verified, results: shown }, null, 2));
  return verified ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function needed(value: unknown, flag: string, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Problem("invalid_input", `${flag} is missing.`, `Give ${flag} and ${what}.`);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Problem("file_unreadable", `The file ${path} could not be read.`, "Correct the path.", {
      cause,
    });
  }
}

async function readKey(path: string): Promise<Buffer> {
  const text = (await read(path)).trim();
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : Buffer.alloc(0);
  if (key.length === 32) return key;
  throw new Problem(
    "invalid_input",
    `The file ${path} does not hold a key: 32 bytes in base64.`,
    "Write it with base64.",
  );
}

function parseCaveats(json: string): CaveatJson[] {
  let caveats: unknown;
  try {
    caveats = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch {
    throw new MacaroonFault("bad_caveat", "The caveats are not JSON.");
  }
  if (Array.isArray(caveats)) return caveats as CaveatJson[];
  throw new MacaroonFault("bad_caveat", 'The caveats are a JSON array of {"type", "body"}.');
}
