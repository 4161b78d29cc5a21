/**
 * uv with a program called `keyring`: what it is asked for, and what it is not asked because something stands above it
 * (docs.astral.sh/uv, "HTTP credentials": URL, netrc, uv's own store, keyring).
 */
import type { Texts } from "../../disk/change.ts";
import { toml } from "../../formats/toml.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import type { Place, Target } from "../package-manager.ts";
import { keyringProgramEdit } from "../python/keyring.ts";
import { storeEdit } from "../store.ts";
import { textAt, textEdits } from "../text-values.ts";
import { ownLayer, uvFiles } from "./config.ts";
import { credentialsAhead } from "./credential.ts";

/**
 * Everything but the index. The setting goes to the user's file even for a project: others who work on that one need
 * not have such a program.
 *
 * @param username the one that the index names; without it uv takes whatever there is above a keyring
 * @param upload asked for under its own URL by `uv publish`
 * @throws Problem `unsupported` on Windows; `conflict` where uv would take another login, or asks another keyring
 */
export function keyringEdits(
  target: Target,
  username: string | undefined,
  upload: string,
  place: Place,
  texts: Texts,
): Edit[] {
  const program = keyringProgramEdit("uv", ["reference"], place);
  const [ahead] = credentialsAhead(target.url, username, place, texts);
  if (ahead)
    throw new Problem(
      "conflict",
      `${ahead.where} has a login for ${new URL(target.url).host}, which uv prefers to a keyring.`,
      'Use secret_style "reference", or take that login away (restore_package_manager, where it was set up here) and try again.',
      { allowed: ["reference"] },
    );
  const file = place.scope === "project" ? uvFiles(place).user : ownLayer(place, texts).file;
  const path = ["keyring-provider"];
  const current = textAt(toml, file, texts, path);
  if (current !== undefined && !["disabled", "subprocess"].includes(current))
    throw new Problem(
      "conflict",
      `${file} has the keyring-provider ${current}, which other indexes may need.`,
      'Use secret_style "reference".',
      { allowed: ["reference"] },
    );
  return [
    ...textEdits(toml, file, texts, [{ path, value: "subprocess" }]),
    program,
    storeEdit(target, place),
    storeEdit({ ...target, url: upload }, place),
  ];
}

/** What a project's index, which names no user, takes of the others. */
export const namelessWarning =
  "The project's file names no user: uv asks a keyring for it since 0.6.13, and `uv publish` needs UV_PUBLISH_USERNAME.";
