/**
 * pnpm's `tokenHelper`: a program without arguments that prints a token (pnpm.io/npmrc#urltokenhelper). Ours is a small
 * script next to our store of credentials; it holds a registry's URL and no secret.
 */
import type { Texts } from "../../disk/change.ts";
import { npmrc } from "../../formats/npmrc.ts";
import { whole } from "../../formats/whole.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import { type Credential, npmCredentialAt, tokenKey } from "../npm/credentials.ts";
import { fileSetting, pathsOf, type Setting } from "../npm/npmrc.ts";
import type { Place, Target } from "../package-manager.ts";
import { helperCommand, storedFor, storeEdit } from "../store.ts";
import { pnpmFiles } from "./files.ts";

export function scriptFile(place: Place): string {
  const { join, dirname } = pathsOf(place);
  return join(dirname(place.store), "pnpm-token-helper");
}

/** `//host/path/:tokenHelper`. */
export function helperKey(url: URL): string {
  return tokenKey(url).replace("_authToken", "tokenHelper");
}

/** The edits by which pnpm gets its token from us. @throws Problem `unsupported`, `conflict`, `file_unparsable` */
export function helperEdits(target: Target, url: URL, place: Place, texts: Texts): Edit[] {
  if (place.platform === "win32")
    throw new Problem("unsupported", "pnpm cannot start our helper on Windows.", "Use secret_style value.", {
      allowed: ["value", "reference"],
    });
  const file = scriptFile(place);
  const other = otherRegistry(url, place, texts);
  if (other !== undefined)
    throw new Problem(
      "conflict",
      `${file} gives pnpm the token for ${other} already, and can do so for one registry alone.`,
      "Use secret_style value, or restore pnpm first.",
    );
  // Not in the user's .npmrc, where npm would warn about a setting that it does not know.
  const { auth } = pnpmFiles(place);
  const setting = { file: auth, format: npmrc, path: ["", helperKey(url)], source: file, sensitive: false };
  const stands = fileSetting(auth, helperKey(url), place, texts)?.value === file;
  return [
    ...(stands ? [] : [setting]),
    {
      file,
      format: whole,
      path: [],
      source: script(target.url, place),
      sensitive: false,
      executable: true,
    },
    storeEdit(target, place),
  ];
}

/** The edits that take away a helper, which pnpm would prefer to any token. @throws Problem `file_unparsable` */
export function withoutHelper(url: URL, place: Place, texts: Texts): Edit[] {
  const { user, auth } = pnpmFiles(place);
  const edit = { format: npmrc, path: ["", helperKey(url)], source: undefined, sensitive: false };
  return [user, auth].flatMap((file) =>
    fileSetting(file, helperKey(url), place, texts) ? [{ file, ...edit }] : [],
  );
}

/** What pnpm finds under one key: a helper first, of which only our own can be asked. */
export function credentialAt(url: string, place: Place, texts: Texts) {
  return (
    prefix: string,
    get: (key: string) => Setting | undefined,
  ): Omit<Credential, "near"> | undefined => {
    const key = `${prefix}:tokenHelper`;
    const helper = get(key);
    if (!helper) return npmCredentialAt(prefix, get);
    const ours = helper.value === scriptFile(place) && texts.get(scriptFile(place)) === script(url, place);
    const stored = ours ? storedFor(url, place, texts) : undefined;
    const where = stored ? place.store : helper.value;
    return { key, setting: { ...helper, where }, ...stored };
  };
}

function script(url: string, place: Place): string {
  const words = [...helperCommand(place, "pnpm"), url].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `#!/bin/sh\n# Written by fly-tokens for pnpm, which asks here for the token of one registry.\nexec ${words.join(" ")}\n`;
}

/** Another registry whose token pnpm gets from our script. */
function otherRegistry(url: URL, place: Place, texts: Texts): string | undefined {
  const { user, auth } = pnpmFiles(place);
  const keys = [user, auth].flatMap((file) =>
    [...(texts.get(file) ?? "").matchAll(/^[ \t]*(\/\/[^=\r\n]*:tokenHelper)[ \t]*=/gm)].flatMap(
      ([, key = ""]) => (fileSetting(file, key, place, texts)?.value === scriptFile(place) ? [key] : []),
    ),
  );
  return keys.find((key) => key !== helperKey(url))?.replace(/^\/\/|:tokenHelper$/g, "");
}
