/** pipenv: a source in the project's Pipfile, and the secret in netrc; of a user's own it reads nothing else. */
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
import { pipfileOf, publicName, type Source, sourcesOf } from "./pipenv/pipfile.ts";
import { notFirst, pipenvStatus } from "./pipenv/status.ts";
import { verifyIndex } from "./python/simple-index.ts";
import { textEdits } from "./text-values.ts";

export const pipenv = definePackageManager({
  id: "pipenv",
  title: "pipenv",
  tool: "pipenv",
  ecosystem: "pypi",
  signs: ["Pipfile", "Pipfile.lock"],
  proof: "simple index",
  tested: "pipenv 2022",
  symptom:
    "pipenv says `No matching distribution found`, or that locking failed, as if there were no such package.",
  scopes: ["project"],
  styles: ["reference"],

  files(place) {
    const { pipfile, lock } = pipfileOf(place);
    return [pipfile, lock, ...netrcFiles(place)];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const { pipfile: file } = pipfileOf(place);
    const sources = sourcesOf(place, texts);
    const { name, former } = ownSource(sources, target.mirrors === true);
    const at = (key: string) => [`source[name=${name}]`, key];
    const isThere = sameRegistry(former, url.href) && !mayHoldCredentials(former);
    const routing: Edit[] = isThere
      ? []
      : textEdits(toml, file, texts, [{ path: at("url"), value: url.href, ...inPlaceOf(former) }]);
    // pipenv refuses a source that does not say.
    if (former === undefined)
      routing.push({ file, format: toml, path: at("verify_ssl"), source: "true", sensitive: false });
    const { edits, warnings } = planNetrc(url, { login, password }, place, texts, []);
    const isFirst = sources.length === 0 || sources[0]?.name === name;
    return {
      changes: changesOf([...routing, ...edits], texts),
      warnings: [...warnings, ...(isFirst ? [] : [notFirst(name)])],
      replaced_url:
        name === publicName && former !== undefined && !sameRegistry(former, url.href)
          ? withoutCredentials(former)
          : undefined,
    };
  },

  status: pipenvStatus,
  verify: verifyIndex,
});

/** The source that is ours: in place of the public one where the registry has its packages, else beside it. */
function ownSource(
  sources: readonly Source[],
  mirrors: boolean,
): { name: string; former?: string | undefined } {
  const named = (name: string) => sources.find((source) => source.name === name);
  const name = mirrors && named(publicName) && !named(sourceName) ? publicName : sourceName;
  return { name, former: named(name)?.url };
}
