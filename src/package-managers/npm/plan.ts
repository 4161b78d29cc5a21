/** What is written to npmrc files, for each of the clients that read them. */
import type { Texts } from "../../disk/change.ts";
import { npmrc } from "../../formats/npmrc.ts";
import type { Edit } from "../edit.ts";
import { inPlaceOf, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, secretVariable, type Target } from "../package-manager.ts";
import { effective, tokenKey } from "./credentials.ts";
import { fileSetting, type Layer } from "./npmrc.ts";
import type { NpmTarget } from "./target.ts";

/** The edit that names the registry; none where the file names it already. @throws Problem `file_unparsable` */
export function registryEdits({ url, key }: NpmTarget, file: string, place: Place, texts: Texts): Edit[] {
  const registry = fileSetting(file, key, place, texts);
  if (registry?.value === url.href) return [];
  return [{ file, format: npmrc, path: ["", key], source: url.href, ...inPlaceOf(registry?.written) }];
}

/**
 * The edit for the token, or for a reference to it; a reference that the user has is kept, unless the value is asked for.
 *
 * @returns `variable` is what is to hold the secret, where the file does not
 * @throws Problem `file_unparsable`
 */
export function tokenEdits(
  { url, token }: NpmTarget,
  style: Target["style"],
  file: string,
  place: Place,
  texts: Texts,
): { edits: Edit[]; variable: string | undefined } {
  const credential = fileSetting(file, tokenKey(url), place, texts);
  const kept = style === "value" ? undefined : credential?.variable;
  const variable = kept ?? (style === "reference" ? secretVariable : undefined);
  const source = variable === undefined ? token : kept === undefined ? `\${${variable}}` : undefined;
  if (source === undefined || credential?.written === source) return { edits: [], variable };
  return {
    edits: [{ file, format: npmrc, path: ["", tokenKey(url)], source, sensitive: true }],
    variable,
  };
}

/** The registry that the user's own files named before. @throws Problem `file_unparsable` */
export function formerRegistry(
  { key, url }: NpmTarget,
  layers: readonly Layer[],
  place: Place,
): string | undefined {
  const own = layers.filter(({ kind }) => kind === "global" || kind === "user" || kind === place.scope);
  const former = effective(own, key)?.value;
  return former === undefined || sameRegistry(former, url.href) ? undefined : withoutCredentials(former);
}
