/** Who cargo asks for a token (doc.rust-lang.org/cargo/reference/registry-authentication.html). */

import type { Place, SecretStyle } from "../package-manager.ts";
import { helperCommand } from "../store.ts";
import { effective, type Layer, type Setting } from "./config.ts";

/** Reads the token from cargo's own credentials file, or from `CARGO_REGISTRIES_NAME_TOKEN`. */
const ownFile = "cargo:token";

/**
 * Runs a program that prints the token. A provider that is a program of its own gets its arguments inside a message
 * instead of on its command line, so it could be no script that an interpreter runs.
 */
const fromProgram = "cargo:token-from-stdout";

export interface Provider {
  words: readonly string[];
  kind: "file" | "helper" | "other";
  where: string;
}

export function providerFor(style: SecretStyle, url: string, place: Place): readonly string[] {
  return style === "helper" ? [fromProgram, ...helperCommand(place, "cargo"), url] : [ownFile];
}

/** The registry's own provider, else the last of those for all registries that have a say. */
export function providerOf(name: string, layers: readonly Layer[], place: Place): Provider | undefined {
  const own = read(effective(layers, providerPath(name), place));
  if (own) return own;
  const all = effective(layers, ["registry", "global-credential-providers"], place);
  const providers = (Array.isArray(all?.value) ? all.value : []).flatMap(
    (value: unknown) => read(all && { ...all, value }) ?? [],
  );
  return providers.find(({ kind }) => kind === "file") ?? providers.at(-1);
}

export function providerPath(name: string): readonly string[] {
  return ["registries", name, "credential-provider"];
}

/** A provider is written as a list of words, or as one text with spaces between them. */
export function read(setting: Setting | undefined): Provider | undefined {
  if (!setting) return undefined;
  const { value, where } = setting;
  const words =
    typeof value === "string" ? value.split(/\s+/) : Array.isArray(value) ? value.map(String) : [];
  return { words, kind: kindOf(words), where };
}

function kindOf(words: readonly string[]): Provider["kind"] {
  if (words[0] === ownFile) return "file";
  const ours = words[words.indexOf("credential-helper") + 1] === "cargo";
  return words[0] === fromProgram && ours ? "helper" : "other";
}
