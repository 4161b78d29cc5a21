/** uv: an index of its own name in `uv.toml`, beside those that the user has; the secret in netrc. */
import type { Texts } from "../disk/change.ts";
import { toml } from "../formats/toml.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  checkText,
  checkUsername,
  inPlaceOf,
  mayHoldCredentials,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { planNetrc } from "./netrc/plan.ts";
import { definePackageManager, sourceName } from "./package-manager.ts";
import { uploadUrl, verifyIndex } from "./python/simple-index.ts";
import { textAt, textEdits } from "./text-values.ts";
import { type Index, type Layer, layerIndexes, ownLayer, uvFiles } from "./uv/config.ts";
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
  styles: ["reference"],

  files(place) {
    const { user, system, project, named } = uvFiles(place);
    return [
      ...(named === undefined ? [] : [named]),
      ...(project ? [project.settings, project.pyproject] : []),
      user,
      ...system,
      ...netrcFiles(place),
    ];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const upload = parseRegistryUrl(uploadUrl(target)).href;
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const layer = ownLayer(place, texts);
    const standing = layerIndexes(layer, texts).filter(
      ({ name, isDefault }) => isDefault && name !== sourceName,
    );
    // uv wants one default in the list; `index-url` gives way to it.
    const listed = standing.some(({ isListed }) => isListed);
    const asDefault = target.mirrors === true && !listed;
    const routing = indexEdits(layer, { url: url.href, upload, asDefault }, texts);
    const { edits, warnings } = planNetrc(url, { login, password }, place, texts, []);
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

/** What is added when the index is new; of one that is there, the URLs alone are ours to change. */
function indexEdits(
  layer: Layer,
  { url, upload, asDefault }: { url: string; upload: string; asDefault: boolean },
  texts: Texts,
): Edit[] {
  const { file, under } = layer;
  const at = (name: string) => [...under, `index[name=${sourceName}]`, name];
  const current = (name: string) => textAt(toml, file, texts, at(name));
  const moved = (name: string, value: string) =>
    sameRegistry(current(name), value) && !mayHoldCredentials(current(name))
      ? []
      : [{ path: at(name), value, ...inPlaceOf(current(name)) }];
  const urls = textEdits(toml, file, texts, [...moved("url", url), ...moved("publish-url", upload)]);
  if (current("url") !== undefined) return urls;
  const flags = { file, format: toml, sensitive: false };
  return [
    ...urls,
    ...(asDefault ? [{ ...flags, path: at("default"), source: "true" }] : []),
    // Else uv asks without a credential first, and some registries answer that as if there were no such package.
    { ...flags, path: at("authenticate"), source: toml.encode("always") },
  ];
}
