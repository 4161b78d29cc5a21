/** What conda would use for one channel. */
import type { Texts } from "../../disk/change.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { credentialFor, netrcWarnings } from "../netrc/credential.ts";
import type { Place, Status } from "../package-manager.ts";
import { type Channel, channels, channelUrl, condarcFile, condarcFiles, isFinal } from "./config.ts";

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function condaStatus(url: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(url);
  const all = channels(place, texts);
  const isOurs = (channel: Channel) => sameRegistry(channelUrl(channel, place, texts), url);
  const ours = all.find(isOurs);
  const credential = ours ? credentialFor(channelUrl(ours, place, texts), ours.where, place, texts) : {};
  const first = ours ?? all[0];
  return {
    configured: ours !== undefined && credential.secret !== undefined,
    url: first && withoutCredentials(channelUrl(first, place, texts)),
    ...credential,
    shadowed_by: shadows(place, texts),
    warnings: [
      ...(ours && !credential.secret ? netrcWarnings(place, texts) : []),
      ...(ours ? before(all.slice(0, all.indexOf(ours))) : []),
    ],
  };
}

function shadows(place: Place, texts: Texts): string[] {
  const files = condarcFiles(place);
  const below = files.slice(0, files.indexOf(condarcFile(place)));
  return below
    .filter((file) => isFinal(file, texts))
    .map((file) => `${file} marks its channels as final: conda reads those of no file above it.`);
}

/** conda takes a package from the first channel that has it. */
function before(others: readonly Channel[]): string[] {
  return others.length === 0
    ? []
    : [
        `conda asks ${others.length} other channel${others.length === 1 ? "" : "s"} first: a package of the same name there is taken before ours.`,
      ];
}
