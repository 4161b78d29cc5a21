/** twine: a repository of its own name in `~/.pypirc`, beside those that the user has. */
import type { Texts } from "../disk/change.ts";
import { ini } from "../formats/ini.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  checkText,
  checkUsername,
  inPlaceOf,
  mayHoldCredentials,
  parseRegistryUrl,
  sameRegistry,
} from "./input.ts";
import { definePackageManager, sourceName } from "./package-manager.ts";
import { uploadUrl, verifyIndex } from "./python/simple-index.ts";
import { indexServers, pypircFile, repositoryValue, serverNames, withServer } from "./twine/pypirc.ts";
import { passwordVariable, twineStatus } from "./twine/status.ts";

export const twine = definePackageManager({
  id: "twine",
  title: "twine",
  tool: "twine",
  ecosystem: "pypi",
  // It is used from anywhere; nothing in a project tells.
  signs: [],
  proof: "simple index",
  tested: "twine 4",
  symptom:
    "twine says `401 Unauthorized`; where it finds no token, it asks for one or says `Credential not found`.",
  scopes: ["user"],
  styles: ["value", "reference"],

  files: (place) => [pypircFile(place)],

  plan(target, place, texts) {
    parseRegistryUrl(target.url);
    const url = parseRegistryUrl(uploadUrl(target)).href;
    const username = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const file = pypircFile(place);
    const own = (key: string) => repositoryValue(sourceName, key, file, texts);
    const current = own("repository");
    const style = target.style ?? usualStyle(file, texts);

    const edit = { file, format: ini, sensitive: false };
    const listed = serverNames(file, texts).includes(sourceName);
    const edits: Edit[] = [
      ...(listed ? [] : [{ ...edit, path: indexServers, source: withServer(sourceName, file, texts) }]),
      {
        ...edit,
        path: [sourceName, "repository"],
        source: sameRegistry(current, url) && !mayHoldCredentials(current) ? current : url,
        ...inPlaceOf(current),
      },
      { ...edit, path: [sourceName, "username"], source: username },
      {
        ...edit,
        path: [sourceName, "password"],
        // Emptied where it stands, so that it can be put back there; twine prefers the variable.
        source: style === "value" ? password : own("password") && "",
        sensitive: true,
      },
    ];
    return {
      changes: changesOf(edits, texts),
      warnings: [
        `twine uploads there when it is told so: \`twine upload --repository ${sourceName}\`.`,
        ...(style === "value"
          ? []
          : [
              `twine takes the token from the environment variable ${passwordVariable}, and asks where it is not set.`,
            ]),
      ],
      ...(style === "reference" && { variable: passwordVariable }),
    };
  },

  status: twineStatus,
  verify: verifyIndex,
});

/** A repository of ours without a token was set up to go without. */
function usualStyle(file: string, texts: Texts): "value" | "reference" {
  const own = (key: string) => repositoryValue(sourceName, key, file, texts);
  return own("repository") !== undefined && own("username") !== undefined && !own("password")
    ? "reference"
    : "value";
}
