/** What RubyGems' files say about one registry. */
import type { Texts } from "../../disk/change.ts";
import { yaml } from "../../formats/yaml.ts";
import { readValue } from "../edit.ts";
import { gemsUrl, loginFrom } from "../gems/source.ts";
import { sameRegistry, withoutCredentials } from "../input.ts";
import type { Place, Status } from "../package-manager.ts";
import { credentialsFile, inheritedSources, ownGemrc, sourcesIn } from "./files.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function gemStatus(registry: string, place: Place, texts: Texts): Status {
  const url = gemsUrl(registry);
  const file = ownGemrc(place, texts);
  const sources = sourcesIn(file, texts) ?? inheritedSources(place, texts);
  const ours = sources.find((source) => sameRegistry(source, url.href));
  const inUse = ours ?? sources[0];
  const { username, password } = ours ? new URL(ours) : { username: "", password: "" };
  const login = loginFrom(`${username}:${password}`);
  return {
    configured: ours !== undefined && login.secret !== undefined,
    url: inUse && withoutCredentials(inUse),
    ...login,
    ...(login.secret && { where: file }),
    shadowed_by: pushShadows(url, place),
    warnings: ours === undefined ? [] : pushWarnings(url, place, texts),
  };
}

/** The address that `gem push --host` is given, and by which it finds its key. */
export function pushHost(url: URL): string {
  return url.href.replace(/\/+$/, "");
}

function pushShadows(url: URL, { env }: Place): string[] {
  const host = env.RUBYGEMS_HOST;
  return [
    ...(env.GEM_HOST_API_KEY
      ? ["GEM_HOST_API_KEY is set: `gem push` sends that instead of what stands in its files."]
      : []),
    ...(host && !sameRegistry(host, url.href)
      ? [
          `RUBYGEMS_HOST is set: without --host, \`gem push\` goes to ${withoutCredentials(host) ?? "something that is not a URL"}.`,
        ]
      : []),
  ];
}

function pushWarnings(url: URL, place: Place, texts: Texts): string[] {
  const file = credentialsFile(place, texts);
  return readValue(yaml, file, texts, [pushHost(url)]) === undefined
    ? [`${file} has no key for ${pushHost(url)}: \`gem install\` works, \`gem push\` does not.`]
    : [];
}
