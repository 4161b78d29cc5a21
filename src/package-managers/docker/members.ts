/** Where credential helpers take part: the members of the contract that all clients of docker's format share. */
import type { Texts } from "../../disk/change.ts";
import type { PackageManager, Place } from "../package-manager.ts";
import { type AuthFile, checkHost, helperFor, ourHelper } from "./config.ts";
import { askHelper, eraseFrom, requireOurs, storeIn } from "./credential-helper.ts";
import { findLogin } from "./found.ts";
import { keeperFor } from "./keeper.ts";
import { checkTarget } from "./target.ts";

export interface AuthFiles {
  /** The one that a login is written to. */
  written(place: Place): AuthFile;
  /** Those that the client reads, in its order. */
  read(place: Place): readonly AuthFile[];
}

type Members = Required<Pick<PackageManager, "ready" | "stored" | "login" | "logout">>;

export function helperMembers({ written, read }: AuthFiles): Members {
  return {
    ready: (target, place, texts, run) => requireOurs(target, written(place), place, texts, run),

    async stored(url, place, texts, run) {
      const helper = askedHelper(checkHost(url), read(place), place, texts);
      return helper === undefined ? undefined : askHelper(helper, url, place.env, run);
    },

    async login(target, place, texts, run) {
      checkTarget(target);
      const keeper = keeperFor(target, written(place), texts);
      if (typeof keeper === "object") await storeIn(keeper.helper, target, place.env, run);
    },

    async logout(url, place, texts, run) {
      const helper = helperFor(checkHost(url), written(place), texts);
      // What our own store holds is put back with the files.
      if (helper !== undefined && helper !== ourHelper) await eraseFrom(helper, url, place.env, run);
    },
  };
}

/** The helper of the user's that a client asks, when it comes to one before any login. */
function askedHelper(
  host: string,
  files: readonly AuthFile[],
  place: Place,
  texts: Texts,
): string | undefined {
  for (const file of files) {
    const helper = helperFor(host, file, texts);
    if (helper !== undefined) return helper === ourHelper ? undefined : helper;
    if (findLogin(host, file, place, texts).configured) return undefined;
  }
  return undefined;
}
