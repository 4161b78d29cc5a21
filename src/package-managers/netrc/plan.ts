/** A login for netrc, for all package managers that look there. */

import type { Texts } from "../../disk/change.ts";
import { netrc } from "../../formats/netrc.ts";
import { isLoopback } from "../../loopback.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import type { Place, SecretStyle } from "../package-manager.ts";
import { fitsNetrc, netrcEntry, netrcFile, stopsPython } from "./entry.ts";

export interface Login {
  login: string;
  password: string;
}

export interface NetrcPlan {
  file: string;
  edits: Edit[];
  warnings: string[];
}

/** The edits; or what keeps a Python client from finding the login there, as the end of a sentence. */
export function tryNetrc(
  url: URL,
  { login, password }: Login,
  place: Place,
  texts: Texts,
): NetrcPlan | { obstacle: string } {
  const file = netrcFile(place, texts);
  if (file === undefined) return { obstacle: "NETRC does not name a file by its absolute path" };
  const host = url.hostname;
  // requests, which Python's clients read netrc with, cuts the host at its first colon.
  if (host.startsWith("[")) return { obstacle: "clients find no entry for an IPv6 address" };
  if (!fitsNetrc(login) || !fitsNetrc(password)) return { obstacle: "it cannot hold these characters" };
  if (stopsPython(texts.get(file) ?? ""))
    return {
      obstacle: `Python's reader stops at a comment in ${file}, and its clients then ignore the whole file`,
    };
  const entry = netrcEntry(file, host, texts);
  const isFree = entry.login === undefined && entry.password === undefined;
  if (!isFree && entry.login !== login)
    return { obstacle: `${file} has an entry for ${host} that belongs to another user` };

  const edit = { file, format: netrc };
  const edits: Edit[] = [
    { ...edit, path: [host, "login"], source: login, sensitive: false },
    { ...edit, path: [host, "password"], source: password, sensitive: true },
  ];
  return {
    file,
    // A value that is written in another way, in quotes or after `account`, stays as it is.
    edits: edits.filter((_, index) => [entry.login, entry.password][index] !== [login, password][index]),
    warnings: [
      ...(isLoopback(host)
        ? [`The entry in ${file} goes to every program that reads netrc, for every port of ${host}.`]
        : []),
      ...(entry.password !== undefined && entry.password !== password
        ? [`Every program that reads ${file} uses the new token for ${host} from now on.`]
        : []),
    ],
  };
}

/**
 * As `tryNetrc`, where there is no other place for the secret.
 *
 * @param others the styles that could be used instead
 * @throws Problem `conflict`, `file_unparsable`
 */
export function planNetrc(
  url: URL,
  login: Login,
  place: Place,
  texts: Texts,
  others: readonly SecretStyle[],
): NetrcPlan {
  const plan = tryNetrc(url, login, place, texts);
  if (!("obstacle" in plan)) return plan;
  throw new Problem(
    "conflict",
    `The token cannot go to netrc: ${plan.obstacle}.`,
    others.length > 0
      ? `Use secret_style ${others.map((style) => `"${style}"`).join(" or ")}, or change that and try again.`
      : "Change that and try again.",
    { allowed: others },
  );
}
