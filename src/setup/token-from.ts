/** Secrets by reference: a tool is told where a token is, never what it is. */
import { readFile, stat } from "node:fs/promises";
import type { Context } from "../context.ts";
import { absolute } from "../path.ts";
import { Problem } from "../problem.ts";
import { onlyHere } from "../remote.ts";
import { Secret } from "../secret.ts";

const places = ["env:NAME", "file:PATH", "keychain:NAME"] as const;
const anyPlace = "env:NAME, file:PATH or keychain:NAME";

/**
 * The value of a token that somebody has: at `env:NAME`, `file:PATH` or `keychain:NAME`, or by the id of one that this
 * server has made in the last 15 minutes.
 * @throws Problem as `tokenFrom`
 */
export async function tokenBy(reference: string, context: Context): Promise<Secret> {
  if (context.remote) throw onlyHere("That token is on");
  if (/^(env|file|keychain):/.test(reference)) return tokenFrom(reference, context);
  const issued = context.issued.get(reference);
  if (issued) return issued.secret;
  throw new Problem(
    "not_found",
    "That is no token whose value is held here: only the server that made it keeps it, for 15 minutes.",
    `Say where the token is: ${anyPlace}.`,
    { allowed: [...places, "the id of a token made just now"] },
  );
}

/**
 * Reads a token from `env:NAME`, `file:PATH` or `keychain:NAME` (one line, with or without `Bearer ` or `FlyV1 ` before
 * it).
 * @throws Problem `invalid_input`, `not_found`, and what the keychain refuses; without a word of what was read
 */
export async function tokenFrom(reference: string, where: Where): Promise<Secret> {
  const [, kind, name = ""] = /^(env|file|keychain):(\P{Cc}+)$/u.exec(reference) ?? [];
  if (!isKind(kind))
    throw new Problem(
      "invalid_input",
      "A token is named by where it is, never given as text.",
      `Use ${anyPlace}.`,
      { allowed: places },
    );
  const { text: read, nothing } = kinds[kind];
  const text = await read(name, where);
  const value = text === undefined ? undefined : withoutHeader(text);
  if (!value) throw new Problem("not_found", `There is nothing at ${reference}.`, nothing);
  // Whatever else the file may hold must not be sent to a registry.
  if (value.length > 65_536 || !/^[\x21-\x7e]+$/.test(value))
    throw new Problem(
      "invalid_input",
      `What ${reference} holds is not a token.`,
      "It must be one line without spaces.",
    );
  return new Secret(value);
}

type Where = Pick<Context, "env" | "cwd" | "home" | "keychain">;

/** How each kind of place is read, and what to do when nothing is there. */
const kinds = {
  env: {
    text: async (name: string, { env }: Where) => env[name],
    nothing: "Set that variable where the server is started.",
  },
  file: {
    text: (name: string, where: Where) => textOf(absolute(name, where)).catch(() => undefined),
    nothing: "Give the path of a file that holds the token and nothing else.",
  },
  keychain: {
    text: async (name: string, { keychain }: Where) => (await keychain.get(name))?.reveal(),
    nothing: "Name an entry of the service fly-tokens; deliver_to keychain makes one.",
  },
};

const isKind = (kind: string | undefined): kind is keyof typeof kinds => kind !== undefined && kind in kinds;

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
