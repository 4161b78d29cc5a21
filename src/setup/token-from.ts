/** Secrets by reference: a tool is told where a token is, never what it is. */
import { readFile, stat } from "node:fs/promises";
import { absolute } from "../path.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";

/**
 * Reads a token from `env:NAME` or `file:PATH` (one line, with or without `Bearer ` before it).
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
  // cargo's variables and its file hold the whole header.
  const value = text?.trim().replace(/^Bearer /i, "");
  if (!value)
    throw new Problem(
      "not_found",
      `There is nothing at ${reference}.`,
      kind === "env"
        ? "Set that variable where the server is started."
        : "Give the path of a file that holds the token and nothing else.",
    );
  // Whatever else the file may hold must not be sent to a registry.
  if (value.length > 8192 || !/^[\x21-\x7e]+$/.test(value))
    throw new Problem(
      "invalid_input",
      `What ${reference} holds is not a token.`,
      "It must be one line without spaces.",
    );
  return new Secret(value);
}

/** A pipe or a device could keep us reading for ever. */
async function textOf(path: string): Promise<string | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= 65_536 ? readFile(path, "utf8") : undefined;
}
