/** uv: an index of its own name in `uv.toml`, beside those that the user has; the secret in netrc, or with a helper. */
import type { Texts } from "../disk/change.ts";
import { toml } from "../formats/toml.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  checkText,
  checkUsername,
  inPlaceOf,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { planNetrc } from "./netrc/plan.ts";
import { definePackageManager, type Place, type SecretStyle, sourceName } from "./package-manager.ts";
import { keyringProgram, keyringWarning, withUser } from "./python/keyring.ts";
import { uploadUrl, verifyIndex } from "./python/simple-index.ts";
import { textAt, textEdits } from "./text-values.ts";
import { type Index, type Layer, layerIndexes, loginsFile, ownLayer, uvFiles } from "./uv/config.ts";
import { credentialsFor } from "./uv/credential.ts";
import { keyringEdits, namelessWarning } from "./uv/keyring.ts";
import { uvStatus } from "./uv/status.ts";

export const uv = definePackageManager({
  id: "uv",
  title: "uv",
  tool: "uv",
  ecosystem: "pypi",
  signs: ["uv.lock", "uv.toml"],
  proof: "simple index",
  tested: "files, read by Python's tomllib",
  symptom: "uv says `401 Unauthorized`, or that a package was not found because of missing credentials.",
  scopes: ["user", "project"],
  styles: ["reference", "helper"],

  files(place) {
    const { user, system, project, named } = uvFiles(place);
    return [
      ...(named === undefined ? [] : [named]),
      ...(project ? [project.settings, project.pyproject] : []),
      user,
      ...system,
      ...netrcFiles(place),
      loginsFile(place),
      place.store,
      keyringProgram(place),
    ];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const upload = parseRegistryUrl(uploadUrl(target));
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const layer = ownLayer(place, texts);
    const standing = layerIndexes(layer, texts).filter(
      ({ name, isDefault }) => isDefault && name !== sourceName,
    );
    // uv wants one default in the list; `index-url` gives way to it.
    const listed = standing.some(({ isListed }) => isListed);
    const asDefault = target.mirrors === true && !listed;
    const style = target.style ?? usualStyle(target.url, layer, place, texts);
    // A project's file is everybody's: no user's name in it.
    const user = style === "helper" && place.scope === "user" ? login : undefined;
    const named = (one: URL) => (user === undefined ? one.href : withUser(one, user));
    const urls = { url: named(url), upload: named(upload) };
    const routing = indexEdits(layer, { ...urls, asDefault, nameless: style === "helper" && !user }, texts);
    const { edits, warnings } =
      style === "helper"
        ? {
            edits: keyringEdits(target, user, upload.href, place, texts),
            warnings: [keyringWarning("uv", place), ...(user === undefined ? [namelessWarning] : [])],
          }
        : planNetrc(url, { login, password }, place, texts, ["helper"]);
    return {
      changes: changesOf([...routing, ...edits], texts),
      warnings: [
        ...warnings,
        ...(target.mirrors && listed
          ? [`${layer.file} has another default index, which stays it; uv asks ours first.`]
          : []),
      ],
      replaced_url: asDefault ? formerDefault(standing, url) : undefined,
    };
  },

  status: uvStatus,
  verify: verifyIndex,
});

function formerDefault([standing]: readonly Index[], url: URL): string | undefined {
  return standing && !sameRegistry(standing.url, url.href) ? withoutCredentials(standing.url) : undefined;
}

/** The way in which the user has it already. */
function usualStyle(index: string, layer: Layer, place: Place, texts: Texts): SecretStyle {
  const ours = layerIndexes(layer, texts).find(({ url }) => sameRegistry(url, index));
  const [first] = ours ? credentialsFor(ours, index, place, texts).credentials : [];
  return first?.where === place.store ? "helper" : "reference";
}

interface Routing {
  url: string;
  upload: string;
  asDefault: boolean;
  /** The index names no user, and a keyring is to be asked all the same. */
  nameless: boolean;
}

/** What is added when the index is new; of one that is there, the URLs alone are ours to change. */
function indexEdits(
  { file, under }: Layer,
  { url, upload, asDefault, nameless }: Routing,
  texts: Texts,
): Edit[] {
  const at = (name: string) => [...under, `index[name=${sourceName}]`, name];
  const current = (name: string) => textAt(toml, file, texts, at(name));
  const moved = (name: string, value: string) =>
    isAs(current(name), value) ? [] : [{ path: at(name), value, ...inPlaceOf(current(name)) }];
  const urls = textEdits(toml, file, texts, [...moved("url", url), ...moved("publish-url", upload)]);
  const isNew = current("url") === undefined;
  const flags = { file, format: toml, sensitive: false };
  return [
    ...urls,
    ...(isNew && asDefault ? [{ ...flags, path: at("default"), source: "true" }] : []),
    // Else uv asks without a credential first, and some registries answer that as if there were no such package.
    ...(isNew || nameless
      ? textEdits(toml, file, texts, [{ path: at("authenticate"), value: "always" }])
      : []),
  ];
}

/** Whether a URL that is there will do: the same registry, the same user, and nothing else in it. */
function isAs(current: string | undefined, wanted: string): boolean {
  if (current === undefined || !sameRegistry(current, wanted)) return false;
  const { username, password, search } = new URL(current);
  return username === new URL(wanted).username && password === "" && search === "";
}
