/** RubyGems: the login inside the URL of a source, which is the only place it reads one from, and a key for `gem push`. */

import type { Texts } from "../disk/change.ts";
import { yaml } from "../formats/yaml.ts";
import { probeKnown } from "./basic-probe.ts";
import { changesOf, parsing } from "./edit.ts";
import {
  credentialsFile,
  gemFiles,
  inheritedSources,
  ownGemrc,
  sourcesIn,
  sourcesPath,
} from "./gem/files.ts";
import { gemStatus, pushHost } from "./gem/status.ts";
import { gemsUrl } from "./gems/source.ts";
import { checkText, checkUsername, sameRegistry, withoutCredentials } from "./input.ts";
import { withLogin } from "./netrc/credential.ts";
import { definePackageManager, type Place, type Target } from "./package-manager.ts";
import { basic } from "./probe.ts";
import { defaultGemSource } from "./public-registries.ts";

export const gem = definePackageManager({
  id: "gem",
  title: "RubyGems",
  tool: "gem",
  ecosystem: "gems",
  signs: ["*.gemspec"],
  proof: "compact index",
  tested: "RubyGems 3.3",
  symptom: "gem says `bad response Unauthorized 401`, or `Could not find a valid gem` as if there were none.",
  scopes: ["user"],
  styles: ["value"],

  files(place) {
    const { system, user, named, credentials } = gemFiles(place);
    return [system, ...user, ...named, ...credentials];
  },

  plan(target, place, texts) {
    const url = gemsUrl(target.url);
    const username = checkUsername(target.username);
    const token = checkText("token", target.secret.reveal());
    const file = ownGemrc(place, texts);
    const source = withLogin(url, username, token);
    const former = sourcesIn(file, texts) ?? inheritedSources(place, texts);
    const edit = { format: yaml, sensitive: true };
    return {
      changes: changesOf(
        [
          { ...edit, file, path: sourcesPath, source: sourcesWith(source, url, target, place, texts) },
          {
            ...edit,
            file: credentialsFile(place, texts),
            path: [pushHost(url)],
            source: yaml.encode(basic(username, token)),
          },
        ],
        texts,
      ),
      warnings: [
        "The token stands inside the URL of the source, the only place that gem reads one from: `gem sources` and `gem env` show it.",
        `\`gem push\` goes there with --host ${pushHost(url)}, or with allowed_push_host in the gemspec.`,
      ],
      ...(target.mirrors && former.some(isPublic) && { replaced_url: withoutCredentials(defaultGemSource) }),
    };
  },

  status: gemStatus,

  verify: (target, fetch) =>
    probeKnown(
      `${target.url.replace(/\/*$/, "/")}specs.4.8.gz`,
      basic(target.username, target.secret.reveal()),
      fetch,
    ),
});

function isPublic(source: string): boolean {
  return sameRegistry(source, defaultGemSource);
}

/**
 * The list of sources with ours in it, as it is to stand in the file; without the public one, where ours has its gems.
 * RubyGems asks all of them, and takes the highest version of a name wherever it is.
 */
function sourcesWith(
  ours: string,
  url: URL,
  { mirrors }: Target,
  place: Place,
  texts: Texts,
): string | undefined {
  const file = ownGemrc(place, texts);
  const own = sourcesIn(file, texts);
  const goes = (source: string) =>
    source !== ours && (sameRegistry(source, url.href) || (mirrors === true && isPublic(source)));
  const comes = own ? [ours] : [...inheritedSources(place, texts).filter((source) => !goes(source)), ours];
  const item = (source: string) => [`:sources[=${source}]`];
  return parsing(file, () => {
    const filled = comes.reduce(
      (text, source) => yaml.write(text, item(source), yaml.encode(source)),
      texts.get(file) ?? "",
    );
    const left = (own ?? []).filter(goes).reduce((text, source) => yaml.erase(text, item(source)), filled);
    return yaml.read(left, sourcesPath);
  });
}
