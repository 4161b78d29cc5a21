/** pip: the index in its own file, the secret beside it in netrc, or inside the index's URL. */
import type { Texts } from "../disk/change.ts";
import { ini } from "../formats/ini.ts";
import { netrc } from "../formats/netrc.ts";
import { Problem } from "../problem.ts";
import { probeWithBasic } from "./basic-probe.ts";
import { changesOf, type Edit, readValue } from "./edit.ts";
import {
  checkText,
  checkUsername,
  isLoopback,
  mayHoldCredentials,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { definePackageManager, type Place, type SecretStyle, type Target } from "./package-manager.ts";
import {
  fileSetting,
  namesNoFile,
  ownFile,
  pathsOf,
  pipFiles,
  pipLayers,
  readsNothing,
} from "./pip/config.ts";
import { fitsNetrc, netrcEntry, netrcFile, netrcFiles, stopsPython } from "./pip/netrc.ts";
import { pipStatus } from "./pip/status.ts";

const indexUrl = ["global", "index-url"];

export const pip = definePackageManager({
  id: "pip",
  title: "pip",
  tool: "pip",
  ecosystem: "pypi",
  signs: ["requirements*.txt", "setup.py", "setup.cfg", "pyproject.toml"],
  symptom: "pip says `No matching distribution found`, as if there were no such package.",
  scopes: ["user", "project"],
  styles: ["reference", "value"],

  files(place) {
    const { global, user, environments, site, named } = pipFiles(place);
    return [
      ...global,
      ...user,
      ...environments,
      ...site,
      ...(named === undefined ? [] : [named]),
      ...netrcFiles(place),
    ];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const login = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const file = ownFile(place, texts);
    const current = readValue(ini, file, texts, indexUrl);
    const { style, store, warnings } = chooseStyle(target, url, current, place, texts);

    // The host is kept as it is only in the spelling under which netrc has it.
    const fits = sameRegistry(current, url.href) && current?.includes(`//${url.host}/`);
    const plain = fits ? current : url.href;
    const source = style === "reference" ? plain : withLogin(url, login, password);
    const sensitive = style === "value" || mayHoldCredentials(current);
    const edits: Edit[] = [
      { file, format: ini, path: indexUrl, source, sensitive },
      ...(store === undefined ? [] : netrcEdits(store, url.hostname, login, password, texts)),
    ];
    return {
      changes: changesOf(edits, texts),
      warnings: [...warnings, ...fileWarnings(file, place, texts)],
      replaced_url: formerIndex(file, url, place, texts),
    };
  },

  status: pipStatus,

  verify: (target, fetch) => probeWithBasic(target.url.replace(/\/*$/, "/"), target, fetch, "text/html"),
});

/** @throws Problem `conflict` when netrc was asked for and cannot hold it, `file_unparsable` */
function chooseStyle(
  target: Target,
  url: URL,
  current: string | undefined,
  place: Place,
  texts: Texts,
): { style: SecretStyle; store?: string; warnings: string[] } {
  const usual = sameRegistry(current, url.href) && holdsPassword(current) ? "value" : "reference";
  if ((target.style ?? usual) === "value") return { style: "value", warnings: [] };

  const store = netrcFile(place, texts);
  const obstacle =
    store === undefined
      ? "NETRC does not name a file by its absolute path"
      : netrcObstacle(store, target, url, texts);
  if (store !== undefined && obstacle === undefined) {
    const warnings = isLoopback(url.hostname)
      ? [`The entry in ${store} goes to every program that reads netrc, for every port of ${url.hostname}.`]
      : [];
    return { style: "reference", store, warnings };
  }
  if (target.style === "reference") {
    throw new Problem(
      "conflict",
      `The token cannot go to netrc: ${obstacle}.`,
      'Use secret_style "value", or change that and try again.',
      { allowed: ["value"] },
    );
  }
  return {
    style: "value",
    warnings: [`The token stands in pip's own file, because it cannot go to netrc: ${obstacle}.`],
  };
}

function netrcObstacle(file: string, target: Target, url: URL, texts: Texts): string | undefined {
  // requests, which pip reads netrc with, cuts the host at its first colon.
  if (url.hostname.startsWith("[")) return "pip finds no entry for an IPv6 address";
  if (!fitsNetrc(target.username) || !fitsNetrc(target.secret.reveal()))
    return "it cannot hold these characters";
  if (stopsPython(texts.get(file) ?? ""))
    return `Python's reader stops at a comment in ${file}, and pip then ignores the whole file`;
  const { login, password } = netrcEntry(file, url.hostname, texts);
  if (login === target.username || (login === undefined && password === undefined)) return undefined;
  return `${file} has an entry for ${url.hostname} that belongs to another user`;
}

function netrcEdits(file: string, host: string, login: string, password: string, texts: Texts): Edit[] {
  const entry = netrcEntry(file, host, texts);
  const edit = { file, format: netrc };
  return [
    ...(entry.login === login ? [] : [{ ...edit, path: [host, "login"], source: login, sensitive: false }]),
    ...(entry.password === password
      ? []
      : [{ ...edit, path: [host, "password"], source: password, sensitive: true }]),
  ];
}

// pip does not interpolate, so a percent sign is written once.
function withLogin(url: URL, login: string, password: string): string {
  return `${url.protocol}//${encodeURIComponent(login)}:${encodeURIComponent(password)}@${url.host}${url.pathname}`;
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
