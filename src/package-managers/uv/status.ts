/** What uv would use for one index. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Credential, credentialFor } from "../netrc/credential.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { stringIn, tableIn } from "../python/toml-file.ts";
import { type Index, layerIndexes, ownLayer, readsNothing, settingsOf, uvFiles, uvLayers } from "./config.ts";

/** The variables that replace the default index; the second is the name of former times. */
const defaultVariables = ["UV_DEFAULT_INDEX", "UV_INDEX_URL"];

/** @throws Problem `invalid_input`, `file_unparsable` */
export function uvStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const all = effectiveIndexes(place, texts);
  const ours = all.find(({ url }) => sameRegistry(url, index));
  const credential = ours ? credentialOf(ours, place, texts) : {};
  const url = (ours ?? all.find(({ isDefault }) => isDefault))?.url;
  return {
    configured: ours !== undefined && credential.secret !== undefined,
    url: url && withoutCredentials(url),
    ...credential,
    shadowed_by: shadows(index, place, texts),
    warnings: [],
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

/** uv puts `UV_INDEX_NAME_USERNAME` and `_PASSWORD` into the URL; without a password there it asks netrc. */
function credentialOf({ name, url, layer }: Index, place: Place, texts: Texts): Credential {
  const prefix = `UV_INDEX_${(name ?? "").toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const password = name === undefined ? undefined : place.env[`${prefix}_PASSWORD`];
  if (password)
    return {
      username: place.env[`${prefix}_USERNAME`],
      secret: new Secret(password),
      where: `${prefix}_PASSWORD`,
    };
  return credentialFor(url, layer.file, place, texts);
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
      .map((name) => `${name} is set: uv prefers it to netrc.`),
    ...pip,
  ];
}

function shown(url: string): string {
  // UV_DEFAULT_INDEX may be NAME=URL.
  return withoutCredentials(url.replace(/^\w+=(?=https?:)/, "")) ?? "something that is not a URL";
}
