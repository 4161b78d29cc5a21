/** What stands in the settings of terraform and OpenTofu about one mirror and its host. */
import type { Texts } from "../../disk/change.ts";
import type { Path } from "../../formats/format.ts";
import { hcl } from "../../formats/hcl.ts";
import { type Item, parseHcl } from "../../formats/hcl-syntax.ts";
import { json } from "../../formats/json.ts";
import { parsing, readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import type { CliFiles } from "./files.ts";

export interface Token {
  value: string;
  /** The file, or the environment variable. */
  where: string;
}

/** `host[:port]`, as the block is labelled. */
export function tokenPath(host: string): Path {
  return [`credentials ${JSON.stringify(host)}`, "token"];
}

/**
 * Where terraform finds its tokens, highest rank first (seen with 1.11): a variable, the file of `terraform login`, the
 * settings.
 *
 * @throws Problem `file_unparsable`
 */
export function tokensFor(host: string, { config, login }: CliFiles, place: Place, texts: Texts): Token[] {
  const [variable, value] =
    Object.entries(place.env).find(([name, text]) => text && hostOf(name) === host.toLowerCase()) ?? [];
  const stored =
    login === undefined ? undefined : readValue(json, login, texts, ["credentials", host, "token"]);
  const token: unknown = stored === undefined ? undefined : JSON.parse(stored);
  const source = readValue(hcl, config, texts, tokenPath(host));
  const written = source === undefined ? undefined : hcl.decode(source);
  return [
    ...(variable !== undefined && value ? [{ value, where: variable }] : []),
    ...(login !== undefined && typeof token === "string" && token ? [{ value: token, where: login }] : []),
    ...(written ? [{ value: written, where: config }] : []),
  ];
}

/** The host of a variable `TF_TOKEN_acme_example`: `_` stands for a dot, `__` for a dash. */
function hostOf(variable: string): string | undefined {
  const name = /^TF_TOKEN_(.+)$/.exec(variable)?.[1];
  return name?.replaceAll("__", "-").replaceAll("_", ".").toLowerCase();
}

export interface Installation {
  /** How many `provider_installation` there are; more than one stops terraform. */
  count: number;
  /** Whether one is written with `=`, which stops terraform, too. */
  assigned: boolean;
  /** The URLs of its network mirrors. */
  mirrors: string[];
  /** Whether it goes to the providers' own registries. */
  direct: boolean;
}

/** @throws Problem `file_unparsable` */
export function installationIn(file: string, texts: Texts): Installation {
  const text = texts.get(file) ?? "";
  const named = (items: readonly Item[], header: string) => items.filter((item) => item.header === header);
  const all = named(parsing(file, () => parseHcl(text)).items, "provider_installation");
  const methods = all.flatMap(({ items = [] }) => items);
  return {
    count: all.length,
    assigned: all.some(({ items }) => items === undefined),
    mirrors: named(methods, "network_mirror").flatMap(({ items = [] }) =>
      named(items, "url").flatMap(({ value, end }) => hcl.decode(text.slice(value, end)) ?? []),
    ),
    direct: named(methods, "direct").length > 0,
  };
}
