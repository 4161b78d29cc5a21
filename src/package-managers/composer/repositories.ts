/** `repositories`, in both its forms: an object of names, or a list (getcomposer.org/doc/05-repositories.md). */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import { type Edit, readValue } from "../edit.ts";
import { sameRegistry, withoutCredentials } from "../input.ts";
import { sourceName } from "../package-manager.ts";
import { defaultComposerRepository } from "../public-registries.ts";
import { memberOf, valueIn } from "./config.ts";

export interface Repository {
  /** A list need not give one. */
  name: string | undefined;
  /** `false`: a repository of this name is switched off. */
  value: unknown;
}

/** The public repository, which is asked last unless it is switched off; `packagist` is its former name. */
const publicNames = [defaultComposerRepository, "packagist"];

/** @throws Problem `file_unparsable` */
export function repositoriesIn(file: string, texts: Texts): Repository[] {
  const all = valueIn(file, texts, ["repositories"]);
  if (typeof all !== "object" || all === null) return [];
  if (!Array.isArray(all)) return Object.entries(all).map(([name, value]) => ({ name, value }));
  return all.flatMap((item: unknown): Repository[] => {
    const [single, ...more] = typeof item === "object" && item !== null ? Object.entries(item) : [];
    if (single && more.length === 0 && single[1] === false) return [{ name: single[0], value: false }];
    const name = memberOf(item, "name");
    return [{ name: typeof name === "string" ? name : undefined, value: item }];
  });
}

/** The URL of a repository of Composer's own kind. */
export function urlOf({ value }: Repository): string | undefined {
  const url = memberOf(value, "url");
  return memberOf(value, "type") === "composer" && typeof url === "string" ? url : undefined;
}

/**
 * The edits that make the file name the registry, and with `mirrors` not the public repository beside it.
 *
 * @throws Problem `conflict` with a repository of our name that is of another kind, or that stands in a list;
 * `file_unparsable`
 */
export function repositoryEdits(file: string, url: string, mirrors: boolean, texts: Texts): Edit[] {
  const all = repositoriesIn(file, texts);
  const isList = Array.isArray(valueIn(file, texts, ["repositories"]));
  const known = all.some((one) => sameRegistry(urlOf(one), url));
  const ours = all.find(({ name }) => name === sourceName);
  if (!known && ours && (isList || urlOf(ours) === undefined)) {
    throw new Problem(
      "conflict",
      `${file} has a repository \`${sourceName}\` that is another one.`,
      `Rename or remove it in ${file}, and try again.`,
    );
  }
  const isPublic = !all.some(({ name = "", value }) => publicNames.includes(name) && value === false);
  const closing = mirrors && isPublic;
  if (isList)
    return inList(file, texts, [
      ...(known ? [] : [{ name: sourceName, type: "composer", url }]),
      ...(closing ? [{ [defaultComposerRepository]: false }] : []),
    ]);
  const edit = { file, format: json, sensitive: false } as const;
  const inPlace = { sensitive: true, bringsNone: true } as const;
  const path = ["repositories", sourceName];
  return [
    ...(known
      ? []
      : ours
        ? [{ ...edit, path: [...path, "url"], source: JSON.stringify(url), ...inPlace }]
        : [{ ...edit, path, source: inOneLine({ type: "composer", url }) }]),
    ...(closing
      ? [{ ...edit, path: ["repositories", defaultComposerRepository], source: "false", ...inPlace }]
      : []),
  ];
}

/** The mirror that stood in for the public repository until now. @throws Problem `file_unparsable` */
export function formerMirror(file: string, url: string, texts: Texts): string | undefined {
  const former = repositoriesIn(file, texts).find(({ name = "" }) => publicNames.includes(name));
  const address = former && urlOf(former);
  return address === undefined || sameRegistry(address, url) ? undefined : withoutCredentials(address);
}

/** A list has no names to go by: it is one value, whose text gets items at its end in its own manner. */
function inList(file: string, texts: Texts, items: readonly object[]): Edit[] {
  const path = ["repositories"];
  const before = readValue(json, file, texts, path) ?? "[]";
  const [, lead = "", rest = "", tail = ""] = /^\[(\s*)(.*?)(\s*)\]$/s.exec(before) ?? [];
  const added = items.map(inOneLine);
  if (added.length === 0) return [];
  const source = `[${lead}${[...(rest === "" ? [] : [rest]), ...added].join(`,${lead || " "}`)}${tail}]`;
  return [{ file, format: json, path, source, sensitive: true, bringsNone: true }];
}

function inOneLine(object: object): string {
  const members = Object.entries(object).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{ ${members.join(", ")} }`;
}
