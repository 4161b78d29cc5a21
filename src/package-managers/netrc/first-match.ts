/**
 * The user's netrc as programs in Go read it (cmd/go/internal/auth; go-netrc, which terraform has): one fixed file, and
 * of several entries for one machine the first counts, where Python takes the last.
 */
import type { Texts } from "../../disk/change.ts";
import { netrc } from "../../formats/netrc.ts";
import { parseNetrc } from "../../formats/netrc-words.ts";
import { Problem } from "../../problem.ts";
import { type Edit, parsing } from "../edit.ts";
import { checkText, checkUsername } from "../input.ts";
import type { Place, Target } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { fitsNetrc } from "./entry.ts";

interface Login {
  login?: string;
  password?: string;
}

/** @throws Problem `invalid_input` where NETRC is a relative path, which is another file in each folder */
export function goNetrcFile(place: Place): string {
  const { join, isAbsolute } = pathsOf(place);
  const { NETRC } = place.env;
  if (!NETRC) return join(place.home, place.platform === "win32" ? "_netrc" : ".netrc");
  if (isAbsolute(NETRC)) return NETRC;
  throw new Problem(
    "invalid_input",
    "NETRC is a relative path.",
    "Set NETRC to an absolute path, or unset it.",
  );
}

/**
 * The login that is sent to a machine.
 *
 * @param machine as the client looks it up, with the port if it does so
 * @throws Problem `invalid_input`, `file_unparsable`
 */
export function goNetrcLogin(machine: string, place: Place, texts: Texts): Login {
  return logins(machine, goNetrcFile(place), texts)[0] ?? {};
}

/**
 * The edits that put the target's login there.
 *
 * @throws Problem `invalid_input`; `unsupported` for characters that netrc cannot hold; `conflict` with an entry of
 * another user, or with several
 */
export function planGoNetrc(machine: string, target: Target, place: Place, texts: Texts): Edit[] {
  const login = checkUsername(target.username);
  const password = checkText("token", target.secret.reveal());
  const file = goNetrcFile(place);
  if (!fitsNetrc(login) || !fitsNetrc(password)) {
    throw new Problem(
      "unsupported",
      "netrc cannot hold the characters of this user name or token.",
      "Use visible ASCII without quotes, # and \\.",
    );
  }
  const [entry = {}, ...others] = logins(machine, file, texts);
  const obstacle =
    others.length > 0
      ? `${file} has several entries for ${machine}, of which some clients take the first and some the last`
      : (entry.login !== undefined || entry.password !== undefined) && entry.login !== login
        ? `${file} has an entry for ${machine} that belongs to another user`
        : undefined;
  if (obstacle !== undefined) {
    throw new Problem(
      "conflict",
      `The token cannot go to netrc: ${obstacle}.`,
      `Remove that entry from ${file} and try again.`,
    );
  }
  const edit = { file, format: netrc };
  return [
    { ...edit, path: [machine, "login"], source: login, sensitive: false },
    { ...edit, path: [machine, "password"], source: password, sensitive: true },
  ];
}

function logins(machine: string, file: string, texts: Texts): Login[] {
  const text = texts.get(file) ?? "";
  const { entries } = parsing(file, () => parseNetrc(text));
  return entries
    .filter((entry) => entry.machine === machine)
    .map(({ fields }) =>
      Object.fromEntries(fields.map(({ kind, value, end }) => [kind, text.slice(value, end)])),
    );
}
