/** What uv would use for one index. */
import type { Texts } from "../../disk/change.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { keyringWarning } from "../python/keyring.ts";
import { stringIn, tableIn } from "../python/toml-file.ts";
import {
  asksKeyring,
  type Index,
  keyringProvider,
  layerIndexes,
  ownLayer,
  readsNothing,
  settingsOf,
  uvFiles,
  uvLayers,
} from "./config.ts";
import { credentialsFor, type Found } from "./credential.ts";

/** The variables that replace the default index; the second is the name of former times. */
const defaultVariables = ["UV_DEFAULT_INDEX", "UV_INDEX_URL"];

/** @throws Problem `invalid_input`, `file_unparsable` */
export function uvStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const all = effectiveIndexes(place, texts);
  const ours = all.find(({ url }) => sameRegistry(url, index));
  const found: Found = ours
    ? credentialsFor(ours, index, place, texts)
    : { username: undefined, credentials: [] };
  const credential = found.credentials[0] ?? { username: found.username };
  const url = (ours ?? all.find(({ isDefault }) => isDefault))?.url;
  return {
    configured: ours !== undefined && credential.secret !== undefined,
    url: url && withoutCredentials(url),
    ...credential,
    shadowed_by: [...shadows(index, place, texts), ...keyringShadows(found, place, texts)],
    warnings: keyringWarnings(found, place, texts),
  };
}

/** Of several with one name uv takes the first, and of several defaults too; one in the environment replaces them. */
function effectiveIndexes(place: Place, texts: Texts): Index[] {
  const all = uvLayers(place, texts).flatMap((layer) => layerIndexes(layer, texts));
  const replaced = defaultVariables.some((name) => place.env[name]);
  const firstDefault = all.find(({ isDefault }) => isDefault);
  return all.filter(
    (one, position) =>
      (one.name === undefined || all.findIndex(({ name }) => name === one.name) === position) &&
      (!one.isDefault || (one === firstDefault && !replaced)),
  );
}

function shadows(index: string, place: Place, texts: Texts): string[] {
  if (readsNothing(place)) return ["UV_NO_CONFIG is set: uv reads no configuration file at all."];
  const own = ownLayer(place, texts);
  const layers = uvLayers(place, texts);
  const position = layers.findIndex(({ file }) => file === own.file);
  if (position < 0)
    return [`UV_CONFIG_FILE names ${uvFiles(place).named}: uv reads no other configuration file.`];
  const ours = layerIndexes(own, texts).find(({ url }) => sameRegistry(url, index));
  if (!ours) return [];
  const above = layers.slice(0, position).flatMap((layer) => layerIndexes(layer, texts));
  const outranking = above.filter(
    (one) =>
      !sameRegistry(one.url, index) &&
      ((one.name !== undefined && one.name === ours.name) || (one.isDefault && ours.isDefault)),
  );
  const variables = ours.isDefault
    ? defaultVariables.flatMap((name) => {
        const url = place.env[name];
        return url && !sameRegistry(url, index)
          ? [`${name} replaces the default index by ${shown(url)}.`]
          : [];
      })
    : [];
  const logins = ["USERNAME", "PASSWORD"].map((what) => `UV_INDEX_${sourceName.toUpperCase()}_${what}`);
  const pip = layers.flatMap((layer) => {
    const url = stringIn(tableIn(settingsOf(layer, texts), "pip"), "index-url");
    return url && !sameRegistry(url, index)
      ? [`${layer.file} sets another index for \`uv pip\`, ${shown(url)}.`]
      : [];
  });
  return [
    ...outranking.map(
      ({ url, layer }) =>
        `${layer.file} has another ${ours.isDefault ? "default index" : `index called ${ours.name}`}, ${shown(url)}, and outranks ${own.file}.`,
    ),
    ...variables,
    ...logins
      .filter((name) => ours.name === sourceName && place.env[name])
      .map((name) => `${name} is set: uv prefers it to what its files say.`),
    ...pip,
  ];
}

/** What keeps uv from asking the keyring that it was set up to ask, or from needing what that says. */
function keyringShadows({ username, credentials }: Found, place: Place, texts: Texts): string[] {
  const provider = keyringProvider(place, texts);
  const { user, named = user } = uvFiles(place);
  const wanted = stringIn(settingsOf({ file: named, under: [] }, texts), "keyring-provider");
  const off =
    wanted === "subprocess" && provider && provider.value !== wanted
      ? [`${provider.where} sets the keyring-provider ${provider.value}: uv asks no program for a login.`]
      : [];
  const isTold = credentials.some(({ where }) => where === place.store);
  const first = credentials[0]?.where;
  const ahead =
    username !== undefined && isTold && first !== place.store
      ? [`${first} has a login of ${username}'s for the index, which uv prefers to a keyring's.`]
      : [];
  const pip = uvLayers(place, texts).flatMap((layer) => {
    const value = stringIn(tableIn(settingsOf(layer, texts), "pip"), "keyring-provider");
    return isTold && value !== undefined && value !== "subprocess"
      ? [`${layer.file} sets another keyring-provider for \`uv pip\`, ${value}.`]
      : [];
  });
  return [...off, ...ahead, ...pip];
}

function keyringWarnings({ username, credentials: [first] }: Found, place: Place, texts: Texts): string[] {
  if (first?.where === place.store) return [keyringWarning("uv", place)];
  if (first || username === undefined) return [];
  return asksKeyring(place, texts)
    ? [`The index names ${username} without a password, and our keyring program has none for it.`]
    : [`The index names ${username} without a password, and uv asks no keyring for one.`];
}

function shown(url: string): string {
  // UV_DEFAULT_INDEX may be NAME=URL.
  return withoutCredentials(url.replace(/^\w+=(?=https?:)/, "")) ?? "something that is not a URL";
}
