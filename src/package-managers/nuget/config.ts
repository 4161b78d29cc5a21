/** What several files come to, as NuGet reads them: the nearest last, each `clear` undoing what came before it. */
import type { Texts } from "../../disk/change.ts";
import { attribute, descendants, parseXml, type XmlElement } from "../../formats/xml-tree.ts";
import { parsing } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { chosen, type NugetClient, type NugetFiles } from "./files.ts";

export interface Source {
  name: string;
  url: string;
  where: string;
}

export interface Credential {
  username: string;
  /** As it is written, references and all. */
  written: string;
  password: string;
  /** Only Windows can read it. */
  encrypted: boolean;
  where: string;
}

/** Keys are in lower case: NuGet does not tell them apart by it. */
export interface NugetConfig {
  sources: Map<string, Source>;
  disabled: Map<string, { where: string }>;
  credentials: Map<string, Credential>;
  /** Sources that have packages mapped to them; empty when nothing is mapped, and all are asked. */
  mapped: Map<string, { where: string }>;
  /** Files that undo what the user's file says of sources. */
  cleared: string[];
}

/** @throws Problem `file_unparsable` */
export function readConfig(
  client: NugetClient,
  { user, folders }: NugetFiles,
  place: Place,
  texts: Texts,
): NugetConfig {
  const files = [user, ...folders.flatMap((names) => chosen(names, texts) ?? []).reverse()];
  const expand = (text: string) => (client.expands ? expandVariables(text, place.env) : text);
  const config: NugetConfig = {
    sources: new Map(),
    disabled: new Map(),
    credentials: new Map(),
    mapped: new Map(),
    cleared: [],
  };
  for (const where of files) {
    const root = parsing(where, () => parseXml(texts.get(where) ?? "").root);
    const fill = <T>(
      section: string,
      into: Map<string, T>,
      read: (item: XmlElement) => [string, T] | undefined,
    ) => {
      for (const item of descendants(root, section).flatMap(({ children }) => children)) {
        if (item.name === "clear") into.clear();
        const [name, value] = (item.name === "clear" ? undefined : read(item)) ?? [];
        if (name !== undefined && value !== undefined) into.set(name.toLowerCase(), value);
      }
    };
    if (where !== user && descendants(root, "packageSources", "clear").length > 0) config.cleared.push(where);
    fill("packageSources", config.sources, (item) => {
      const name = attribute(item, "key");
      return name === undefined
        ? undefined
        : [name, { name, url: expand(attribute(item, "value") ?? ""), where }];
    });
    fill("disabledPackageSources", config.disabled, (item) =>
      attribute(item, "value") === "true" ? [attribute(item, "key") ?? "", { where }] : undefined,
    );
    fill("packageSourceCredentials", config.credentials, (item) => [
      decodeName(item.name),
      credentialIn(item, where, expand),
    ]);
    fill("packageSourceMapping", config.mapped, (item) => [attribute(item, "key") ?? "", { where }]);
  }
  return config;
}

function credentialIn(item: XmlElement, where: string, expand: (text: string) => string): Credential {
  const value = (key: string) => {
    const found = item.children.findLast((child) => attribute(child, "key")?.toLowerCase() === key);
    return found && attribute(found, "value");
  };
  const plain = value("cleartextpassword");
  return {
    username: expand(value("username") ?? ""),
    written: plain ?? "",
    password: expand(plain ?? ""),
    encrypted: plain === undefined && value("password") !== undefined,
    where,
  };
}

/** `%NAME%`; one that is not set stays as it is. */
function expandVariables(text: string, env: Place["env"]): string {
  return text.replace(/%([^%]+)%/g, (all, name: string) => env[name] ?? all);
}

/** The variable that a password is a reference to, when it is one and nothing else. */
export function variableIn(written: string): string | undefined {
  return /^%([^%]+)%$/.exec(written)?.[1];
}

/** Element names cannot hold every character of a source's name: a space is `_x0020_`. */
function decodeName(name: string): string {
  return name.replace(/_x([\da-f]{4})_/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
