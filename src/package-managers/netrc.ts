/**
 * netrc, by itself: the login for one host that curl (`--netrc`), git, wget and whatever else reads the file send
 * there. One entry serves every port and every path of the host.
 */

import { probeWithBasic } from "./basic-probe.ts";
import { changesOf } from "./edit.ts";
import { checkText, checkUsername, parseRegistryUrl } from "./input.ts";
import { netrcCredential, netrcWarnings } from "./netrc/credential.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { planNetrc } from "./netrc/plan.ts";
import { definePackageManager, type Place } from "./package-manager.ts";
import { userScope } from "./paths.ts";

export const netrc = definePackageManager({
  id: "netrc",
  title: "netrc",
  tool: "curl",
  also: ["git", "wget"],
  ecosystem: "generic",
  signs: [],
  proof: "GET its root",
  tested: "curl 7, git 2",
  symptom: "curl says `401` (and `--fail` makes it an error); git asks for a user name.",
  scopes: ["user"],
  styles: ["value"],

  files: (place) => netrcFiles(userScope(place, "netrc")),

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const { edits, warnings } = planNetrc(url, { login, password }, userScope(place, "netrc"), texts, []);
    return { changes: changesOf(edits, texts), warnings: [...warnings, ...otherReaders(place)] };
  },

  status(url, place, texts) {
    const { hostname, href } = parseRegistryUrl(url);
    const credential = netrcCredential(hostname, userScope(place, "netrc"), texts);
    const configured = credential.secret !== undefined;
    return {
      configured,
      ...(configured && { url: href }),
      ...credential,
      shadowed_by: [],
      warnings: [...netrcWarnings(place, texts), ...otherReaders(place)],
    };
  },

  verify: (target, fetch) => probeWithBasic(target.url.replace(/\/*$/, "/"), target, fetch),
});

/** Python's clients go by NETRC, and curl since 8.16; git and an older curl do not. */
function otherReaders({ env, home }: Place): string[] {
  return env.NETRC
    ? [`NETRC names another file than that in ${home}: git, and curl before 8.16, do not look into it.`]
    : [];
}
