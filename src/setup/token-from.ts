/** Secrets by reference: a tool is told where a token is, never what it is. */
import { readFile, stat } from "node:fs/promises";
import type { Context } from "../context.ts";
import { absolute } from "../path.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";

/**
 * The value of a token that somebody has: at `env:NAME` or `file:PATH`, or by the id of one that this server has made in
 * the last 15 minutes.
 * @throws Problem as `tokenFrom`
 */
export async function tokenBy(reference: string, context: Context): Promise<Secret> {
  if (/^(env|file):/.test(reference)) return tokenFrom(reference, context);
  const issued = context.issued.get(reference);
  if (issued) return issued.secret;
  throw new Problem(
    "not_found",
    "That is no token whose value is held here: only the server that made it keeps it, for 15 minutes.",
    "Say where the token is: env:NAME or file:PATH.",
    { allowed: ["env:NAME", "file:PATH", "the id of a token made just now"] },
  );
}

/**
 * Reads a token from `env:NAME` or `file:PATH` (one line, with or without `Bearer ` or `FlyV1 ` before it).
 * @throws Problem `invalid_input`, `not_found`; without a word of what was read
 */
export async function tokenFrom(
  reference: string,
  { env, ...place }: { env: Readonly<Record<string, string | undefined>>; cwd: string; home: string },
): Promise<Secret> {
  const [, kind, name = ""] = /^(env|file):(.+)$/.exec(reference) ?? [];
  if (!kind)
    throw new Problem(
      "invalid_input",
      "A token is named by where it is, never given as text.",
      "Use env:NAME or file:PATH.",
      { allowed: ["env:NAME", "file:PATH"] },
    );
  const text = kind === "env" ? env[name] : await textOf(absolute(name, place)).catch(() => undefined);
  const value = text === undefined ? undefined : withoutHeader(text);
  if (!value)
    throw new Problem(
      "not_found",
      `There is nothing at ${reference}.`,
      kind === "env"
        ? "Set that variable where the server is started."
        : "Give the path of a file that holds the token and nothing else.",
    );
  // Whatever else the file may hold must not be sent to a registry.
  if (value.length > 65_536 || !/^[\x21-\x7e]+$/.test(value))
    throw new Problem(
      "invalid_input",
      `What ${reference} holds is not a token.`,
      "It must be one line without spaces.",
    );
  return new Secret(value);
}

/** cargo's variables and its file hold the whole header, and so does what Fly.io hands out, perhaps on several lines. */
function withoutHeader(text: string): string {
  const value = text.trim().replace(/^(?:(?:Bearer|FlyV1)\s+)+/i, "");
  return /^(?:fm[12][a-z]?|fo1)_/.test(value)
    ? value.replace(/\s*([,\r\n])\s*/g, "$1").replace(/[\r\n]/g, "")
    : value;
}

/** A pipe or a device could keep us reading for ever. */
async function textOf(path: string): Promise<string | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= 65_536 ? readFile(path, "utf8") : undefined;
}
