/** conda: one channel more in `~/.condarc`; the secret in netrc, because the file is for all to read. */
import type { Texts } from "../disk/change.ts";
import { yaml } from "../formats/yaml.ts";
import { probeWithBasic } from "./basic-probe.ts";
import { channels, channelUrl, condarcFile, condarcFiles } from "./conda/config.ts";
import { condaStatus } from "./conda/status.ts";
import { changesOf, parsing } from "./edit.ts";
import { checkText, checkUsername, mayHoldCredentials, parseRegistryUrl, sameRegistry } from "./input.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { planNetrc } from "./netrc/plan.ts";
import { definePackageManager } from "./package-manager.ts";
import { userScope } from "./paths.ts";

const list = ["channels"];

export const conda = definePackageManager({
  id: "conda",
  title: "conda",
  tool: "conda",
  also: ["mamba", "micromamba"],
  ecosystem: "conda",
  signs: ["environment.yml", "environment.yaml", "conda-lock.yml"],
  proof: "noarch/repodata.json",
  tested: "files, read by a YAML parser",
  symptom: "conda says `HTTP 401 UNAUTHORIZED`, or that a channel is unavailable or invalid.",
  scopes: ["user"],
  styles: ["reference"],

  files: (place) => [...condarcFiles(userScope(place, "conda")), ...netrcFiles(place)],

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const file = condarcFile(place);
    const all = channels(place, texts);
    const isThere = all.some((channel) => {
      const standing = channelUrl(channel, place, texts);
      return sameRegistry(standing, url.href) && !mayHoldCredentials(standing);
    });
    // Without a list conda asks `defaults`, and with a list of ours alone it would not.
    const added = all.length > 0 || target.mirrors ? [url.href] : [url.href, "defaults"];
    const { edits, warnings } = planNetrc(url, { login, password }, place, texts, []);
    return {
      changes: changesOf(
        [
          ...(isThere
            ? []
            : [{ file, format: yaml, path: list, source: listWith(added, file, texts), sensitive: false }]),
          ...edits,
        ],
        texts,
      ),
      warnings: [
        ...warnings,
        ...(all.length > 0 && !isThere
          ? [
              `The channel goes behind those that are there, which conda asks first; move it up in ${file} to prefer it.`,
            ]
          : []),
      ],
    };
  },

  status: condaStatus,
  verify: (target, fetch) =>
    probeWithBasic(
      `${target.url.replace(/\/*$/, "")}/noarch/repodata.json`,
      target,
      fetch,
      "application/json",
    ),
});

/** The list with more channels at its end, as it is to stand in the file; one value, because its order counts. */
function listWith(names: readonly string[], file: string, texts: Texts): string | undefined {
  return parsing(file, () => {
    const text = names.reduce(
      (text, name) => yaml.write(text, [`channels[=${name}]`], yaml.encode(name)),
      texts.get(file) ?? "",
    );
    return yaml.read(text, list);
  });
}
