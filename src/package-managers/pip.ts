/** pip: the index in its own file; the secret in netrc, inside the index's URL, or with a helper. */
import type { Texts } from "../disk/change.ts";
import { ini } from "../formats/ini.ts";
import { changesOf, type Edit, readValue } from "./edit.ts";
import {
  checkText,
  checkUsername,
  inPlaceOf,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { withLogin } from "./netrc/credential.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { type Login, planNetrc, tryNetrc } from "./netrc/plan.ts";
import { definePackageManager, type Place, type SecretStyle, type Target } from "./package-manager.ts";
import { pathsOf } from "./paths.ts";
import {
  asksKeyring,
  fileSetting,
  namesNoFile,
  ownFile,
  pipFiles,
  pipLayers,
  readsNothing,
} from "./pip/config.ts";
import { pipStatus } from "./pip/status.ts";
import { keyringProgram, keyringProgramEdit, keyringWarning, withUser } from "./python/keyring.ts";
import { verifyIndex } from "./python/simple-index.ts";
import { storeEdit } from "./store.ts";

const indexUrl = ["global", "index-url"];

export const pip = definePackageManager({
  id: "pip",
  title: "pip",
  tool: "pip",
  ecosystem: "pypi",
  signs: ["requirements*.txt", "setup.py", "setup.cfg", "pyproject.toml"],
  proof: "simple index",
  tested: "pip 23",
  symptom: "pip says `No matching distribution found`, as if there were no such package.",
  scopes: ["user", "project"],
  styles: ["reference", "value", "helper"],

  files(place) {
    const { global, user, environments, site, named } = pipFiles(place);
    return [
      ...global,
      ...user,
      ...environments,
      ...site,
      ...(named === undefined ? [] : [named]),
      ...netrcFiles(place),
      place.store,
      keyringProgram(place),
    ];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const file = ownFile(place, texts);
    const current = readValue(ini, file, texts, indexUrl);
    const chosen = chooseStyle(target, url, { login, password }, current, place, texts);

    // The host is kept as it is only in the spelling under which netrc has it.
    const fits = sameRegistry(current, url.href) && current?.includes(`//${url.host}/`);
    const source = {
      reference: fits ? current : url.href,
      value: withLogin(url, login, password),
      helper: withUser(url, login),
    }[chosen.style];
    const marks = chosen.style === "value" ? { sensitive: true } : inPlaceOf(current);
    return {
      changes: changesOf([{ file, format: ini, path: indexUrl, source, ...marks }, ...chosen.edits], texts),
      warnings: [...chosen.warnings, ...fileWarnings(file, place, texts)],
      replaced_url: formerIndex(file, url, place, texts),
    };
  },

  status: pipStatus,

  verify: verifyIndex,
});

interface Chosen {
  style: SecretStyle;
  edits: readonly Edit[];
  warnings: readonly string[];
}

/** @throws Problem `conflict` when netrc was asked for and cannot hold it, `unsupported`, `file_unparsable` */
function chooseStyle(
  target: Target,
  url: URL,
  login: Login,
  current: string | undefined,
  place: Place,
  texts: Texts,
): Chosen {
  const style = target.style ?? usualStyle(url, current, place, texts);
  if (style === "value") return { style, edits: [], warnings: [] };
  if (style === "helper") {
    const file = ownFile(place, texts);
    const edits = [
      { file, format: ini, path: ["global", "keyring-provider"], source: "subprocess", sensitive: false },
      keyringProgramEdit("pip", ["reference", "value"], place),
      storeEdit(target, place),
    ];
    return { style, edits, warnings: [keyringWarning("pip (23.1 or later)", place)] };
  }
  if (target.style === "reference")
    return { style, ...planNetrc(url, login, place, texts, ["value", "helper"]) };
  const plan = tryNetrc(url, login, place, texts);
  return "obstacle" in plan
    ? {
        style: "value",
        edits: [],
        warnings: [`The token stands in pip's own file, because it cannot go to netrc: ${plan.obstacle}.`],
      }
    : { style, ...plan };
}

/** The way in which the user has it already. */
function usualStyle(url: URL, current: string | undefined, place: Place, texts: Texts): SecretStyle {
  if (!sameRegistry(current, url.href)) return "reference";
  if (holdsPassword(current)) return "value";
  return holdsUser(current) && asksKeyring(place, texts) ? "helper" : "reference";
}

function holdsUser(source: string | undefined): boolean {
  return source !== undefined && URL.canParse(source) && new URL(source).username !== "";
}

function holdsPassword(source: string | undefined): boolean {
  return source !== undefined && URL.canParse(source) && new URL(source).password !== "";
}

function formerIndex(file: string, url: URL, place: Place, texts: Texts): string | undefined {
  const layers = pipLayers(place, texts);
  const upToOurs = layers.slice(0, layers.indexOf(file) + 1);
  const former = upToOurs
    .map((layer) => fileSetting(layer, "global", "index-url", texts))
    .findLast((setting) => setting !== undefined);
  return former === undefined || sameRegistry(former.value, url.href)
    ? undefined
    : withoutCredentials(former.value);
}

function fileWarnings(file: string, place: Place, texts: Texts): string[] {
  if (readsNothing(place))
    return ["PIP_CONFIG_FILE names the null device: pip reads no configuration file until it is unset."];
  if (namesNoFile(place, texts)) {
    return [
      `PIP_CONFIG_FILE does not name the absolute path of an existing file, so pip reads the user's file, and ${file} was chosen.`,
    ];
  }
  if (place.project_dir !== undefined && pathsOf(place).relative(place.project_dir, file).startsWith("..")) {
    return [
      `${file} belongs to the virtual environment that is active, which is not inside ${place.project_dir}.`,
    ];
  }
  return [];
}
