/** What pipenv would use for one index. */
import type { Texts } from "../../disk/change.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { credentialFor, netrcWarnings } from "../netrc/credential.ts";
import type { Place, Status } from "../package-manager.ts";
import { expanded, lockedSources, pipfileOf, sourcesOf } from "./pipfile.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function pipenvStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const { pipfile, lock } = pipfileOf(place);
  const isOurs = ({ url }: { url: string }) => sameRegistry(expanded(url, place), index);
  const sources = sourcesOf(place, texts);
  const ours = sources.find(isOurs);
  const credential = ours ? credentialFor(expanded(ours.url, place), pipfile, place, texts) : {};
  const locked = lockedSources(place, texts);
  const url = (ours ?? sources[0])?.url;
  return {
    configured: ours !== undefined && credential.secret !== undefined,
    url: url && withoutCredentials(expanded(url, place)),
    ...credential,
    shadowed_by:
      ours && locked.length > 0 && !locked.some(isOurs)
        ? [`${lock} names other sources, which pipenv goes by until \`pipenv lock\` is run again.`]
        : [],
    warnings: [
      ...(ours && !credential.secret ? netrcWarnings(place, texts) : []),
      ...(ours && ours !== sources[0] ? [notFirst(ours.name)] : []),
    ],
  };
}

/** What it means for a source not to be the first one. */
export function notFirst(name: string | undefined): string {
  return `pipenv takes packages from this source only where they say so: \`pipenv install --index ${name ?? "NAME"} PACKAGE\`.`;
}
