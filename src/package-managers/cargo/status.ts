/** What cargo's files and the environment say about one registry. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { storedFor } from "../store.ts";
import {
  cargoLayers,
  credentialsFile,
  effective,
  fromEnvironment,
  indexUrl,
  type Layer,
  layerOf,
  namesOf,
  ownConfig,
  type Setting,
  unreadFiles,
  userConfig,
  variableOf,
} from "./config.ts";
import { type Provider, providerOf, providerPath, read } from "./provider.ts";

interface Found {
  secret?: Secret | undefined;
  username?: string | undefined;
  where?: string | undefined;
}

/** @throws Problem `invalid_input`, `file_unparsable` */
export function cargoStatus(url: string, place: Place, texts: Texts): Status {
  const layers = cargoLayers(place, texts);
  const names = namesOf(url, layers, place);
  const name = names[0] ?? sourceName;
  const index = indexUrl(effective(layers, ["registries", name, "index"], place));
  const provider = providerOf(name, layers, place);
  const tokens = tokensOf(name, layers, place, texts);
  const found = credential(url, name, provider, tokens, place, texts);
  const shadowed_by = [
    ...settingShadows(name, url, layers, place, texts),
    ...(provider?.kind === "file" ? tokenShadows(name, tokens, place, texts) : []),
  ];
  return {
    configured:
      names.length === 1 &&
      (found.secret !== undefined || (provider?.kind === "other" && shadowed_by.length === 0)),
    url: index === undefined ? undefined : withoutCredentials(index),
    ...found,
    shadowed_by,
    warnings: [
      ...(names.length > 1
        ? [`cargo refuses to use one index under several names: ${names.join(", ")}.`]
        : []),
      ...(names.length > 0 && !provider
        ? [`registries.${name} has no credential-provider, so cargo sends it no token for reading.`]
        : []),
      ...(provider?.kind === "file" && tokens.length === 0
        ? [
            `cargo finds no token for the registry ${name}: it stands in no file, and the environment variable ${variableOf(tokenPath(name))} is not set here.`,
          ]
        : []),
      ...(provider?.kind === "file" && tokens[0] !== undefined && found.secret === undefined
        ? [
            `The token in ${tokens[0].where} does not begin with \`Bearer \`, and cargo sends it as it stands.`,
          ]
        : []),
      ...unreadFiles(place, texts).map(
        (file) => `cargo does not read ${file}, because the same name without .toml stands beside it.`,
      ),
    ],
  };
}

function credential(
  url: string,
  name: string,
  provider: Provider | undefined,
  [token]: readonly Setting[],
  place: Place,
  texts: Texts,
): Found {
  if (provider?.kind === "helper") return { ...storedFor(url, place, texts), where: place.store };
  if (provider?.kind !== "file") return {};
  const [, value] = /^Bearer (\S+)$/i.exec(String(token?.value ?? "")) ?? [];
  return {
    secret: value === undefined ? undefined : new Secret(value),
    where: token?.where ?? variableOf(tokenPath(name)),
  };
}

/** The tokens for a registry, the one that cargo sends first: the credentials file outranks every configuration file. */
function tokensOf(name: string, layers: readonly Layer[], place: Place, texts: Texts): Setting[] {
  const files = [...layers, layerOf(credentialsFile(place, texts), texts)].reverse();
  return [
    fromEnvironment(tokenPath(name), place),
    ...files.map((layer) => layer.get(tokenPath(name))),
  ].filter((setting) => setting !== undefined);
}

export function tokenPath(name: string): readonly string[] {
  return ["registries", name, "token"];
}

function tokenShadows(name: string, tokens: readonly Setting[], place: Place, texts: Texts): string[] {
  const own = [credentialsFile(place, texts), userConfig(place, texts)];
  const ours = tokens.find(({ where }) => own.includes(where));
  const [first] = tokens;
  if (!ours || !first || first.value === ours.value) return [];
  return [
    `${first.where} sets another token for the registry ${name}, and outranks the one in ${ours.where}.`,
  ];
}

/** What stands above the file of a setting of ours, and says something else. */
function settingShadows(
  name: string,
  url: string,
  layers: readonly Layer[],
  place: Place,
  texts: Texts,
): string[] {
  const said = (setting: Setting | undefined) => JSON.stringify(read(setting)?.words);
  const above = (file: string, path: readonly string[]) => [
    ...layers.slice(layers.findIndex((layer) => layer.file === file) + 1).map((layer) => layer.get(path)),
    fromEnvironment(path, place),
  ];
  const [own, user] = [ownConfig(place, texts), userConfig(place, texts)];
  const mine = (file: string, path: readonly string[]) => layerOf(file, texts).get(path);

  const index = ["registries", name, "index"];
  const indexes = above(own, index).filter((setting) => setting && !sameRegistry(indexUrl(setting), url));
  const provider = providerPath(name);
  const providers = above(user, provider).filter(
    (setting) => setting && said(setting) !== said(mine(user, provider)),
  );
  return [
    ...indexes.map((at) => `${at?.where} sets another index for the registry ${name}, and outranks ${own}.`),
    ...providers.map(
      (at) => `${at?.where} sets another credential-provider for the registry ${name}, and outranks ${user}.`,
    ),
  ];
}
