/** Bundler: a login under the registry's host, and where the registry has all gems, a mirror of the public source. */

import type { Texts } from "../disk/change.ts";
import { yaml } from "../formats/yaml.ts";
import { isLoopback } from "../loopback.ts";
import { probeKnown } from "./basic-probe.ts";
import { bundlerFiles, bundlerLayers, effective, loginKeys, mirrorKey } from "./bundler/settings.ts";
import { bundlerStatus, inGemfile } from "./bundler/status.ts";
import { changesOf, type Edit, readValue } from "./edit.ts";
import { gemsUrl, loginFrom } from "./gems/source.ts";
import { checkText, checkUsername, inPlaceOf, sameRegistry, userinfo, withoutCredentials } from "./input.ts";
import { definePackageManager } from "./package-manager.ts";
import { basic } from "./probe.ts";

export const bundler = definePackageManager({
  id: "bundler",
  title: "Bundler",
  tool: "bundle",
  ecosystem: "gems",
  signs: ["Gemfile", "Gemfile.lock", "gems.rb", "gems.locked"],
  proof: "compact index",
  tested: "Bundler 2.3",
  symptom: "bundle says `Bad username or password for …`, or `Authentication is required for …`.",
  scopes: ["user", "project"],
  // Bundler puts no variable into a value; it has a variable for each host, whose value is user and token together.
  styles: ["value"],

  files: (place) => Object.values(bundlerFiles(place)),

  /** The mirror goes to the file of the scope; the login always to the user's own, which no one commits. */
  plan(target, place, texts) {
    const url = gemsUrl(target.url);
    const username = checkUsername(target.username);
    const token = checkText("token", target.secret.reveal());
    const { user, project } = bundlerFiles(place);
    const file = place.scope === "project" && project !== undefined ? project : user;
    const key = loginKey(url, username, user, texts);
    const edits: Edit[] = [
      {
        file: user,
        format: yaml,
        path: [key],
        source: yaml.encode(userinfo(username, token)),
        sensitive: true,
      },
    ];
    const mirror = effective(
      bundlerLayers(place, texts).filter(({ kind }) => kind === "user" || kind === place.scope),
      mirrorKey,
    );
    if (target.mirrors) {
      const former = readValue(yaml, file, texts, [mirrorKey]);
      edits.unshift({
        file,
        format: yaml,
        path: [mirrorKey],
        source: yaml.encode(url.href),
        ...inPlaceOf(former),
      });
    }
    const replaced = target.mirrors && mirror && !sameRegistry(mirror.value, url.href);
    return {
      changes: changesOf(edits, texts),
      warnings: [
        ...(target.mirrors ? [] : [inGemfile(url)]),
        ...(isLoopback(url.hostname) && key === loginKeys(url).host
          ? [`The login in ${user} goes to every port of ${url.hostname}.`]
          : []),
      ],
      ...(replaced && { replaced_url: withoutCredentials(mirror.value) }),
    };
  },

  status: bundlerStatus,

  verify: (target, fetch) =>
    probeKnown(
      `${target.url.replace(/\/*$/, "/")}versions`,
      basic(target.username, target.secret.reveal()),
      fetch,
    ),
});

/** The host's, unless that is another user's or the URL's own, which outranks it, is there. */
function loginKey(url: URL, username: string, file: string, texts: Texts): string {
  const { exact, host } = loginKeys(url);
  if (readValue(yaml, file, texts, [exact]) !== undefined) return exact;
  const source = readValue(yaml, file, texts, [host]);
  const owner = source === undefined ? undefined : loginFrom(yaml.decode(source) ?? "").username;
  return source === undefined || owner === username ? host : exact;
}
