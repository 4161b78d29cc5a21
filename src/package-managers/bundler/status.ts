/** What Bundler's files say about one registry. */
import type { Texts } from "../../disk/change.ts";
import { gemsUrl, loginFrom } from "../gems/source.ts";
import { sameRegistry, withoutCredentials } from "../input.ts";
import type { Place, Status } from "../package-manager.ts";
import { bundlerLayers, effective, type Layer, loginKeys, mirrorKey, mirrorOfAll } from "./settings.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function bundlerStatus(registry: string, place: Place, texts: Texts): Status {
  const url = gemsUrl(registry);
  const layers = bundlerLayers(place, texts);
  const { exact, host } = loginKeys(url);
  const credential = effective(layers, exact) ?? effective(layers, host);
  const login = credential ? loginFrom(credential.value) : {};
  const mirror = effective(layers, mirrorOfAll) ?? effective(layers, mirrorKey);
  return {
    configured: login.secret !== undefined,
    url: mirror ? withoutCredentials(mirror.value) : login.secret && url.href,
    ...login,
    ...(login.secret && { where: credential?.where }),
    shadowed_by: [
      ...(place.env.BUNDLE_IGNORE_CONFIG
        ? ["BUNDLE_IGNORE_CONFIG is set: Bundler reads no configuration file at all."]
        : []),
      ...mirrorShadows(url, layers, place),
      ...loginShadows(url, layers),
    ],
    warnings: sameRegistry(mirror?.value, url.href) ? [] : [inGemfile(url)],
  };
}

/** How a project comes to a registry that does not stand in for the public source. */
export function inGemfile(url: URL): string {
  return `Bundler takes from this registry only what a Gemfile names it for: source "${url.href}" do … end.`;
}

function mirrorShadows(url: URL, layers: readonly Layer[], place: Place): string[] {
  const isOther = (value: string) => !sameRegistry(value, url.href);
  const other = (value: string) => withoutCredentials(value) ?? "something that is not a URL";
  const own = layers.findIndex(({ kind }) => kind === place.scope);
  const ours = layers.slice(own).some((layer) => !isOther(layer.get(mirrorKey)?.value ?? ""));
  const above = ours ? layers.slice(0, own).flatMap((layer) => layer.get(mirrorKey) ?? []) : [];
  const all = effective(layers, mirrorOfAll);
  return [
    ...(all && isOther(all.value)
      ? [`${all.where} sends every source to the mirror ${other(all.value)}.`]
      : []),
    ...above
      .filter(({ value }) => isOther(value))
      .map(
        ({ where, value }) =>
          `${where} sets another mirror, ${other(value)}, and outranks the ${place.scope} configuration.`,
      ),
  ];
}

function loginShadows(url: URL, layers: readonly Layer[]): string[] {
  const { exact, host } = loginKeys(url);
  const user = layers.filter(({ kind }) => kind === "user");
  const ours = effective(user, exact) ?? effective(user, host);
  const inUse = effective(layers, exact) ?? effective(layers, host);
  return inUse === undefined || inUse.where === ours?.where || inUse.value === ours?.value
    ? []
    : [`${inUse.where} has another login for ${url.host}, and outranks the user configuration.`];
}
