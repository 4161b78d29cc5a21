/** PDM: the index in its own file or in the project's; the secret in netrc, because PDM's files are for all to read. */
import type { Texts } from "../disk/change.ts";
import { toml } from "../formats/toml.ts";
import { Problem } from "../problem.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  checkText,
  checkUsername,
  inPlaceOf,
  mayHoldCredentials,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { netrcFiles } from "./netrc/entry.ts";
import { planNetrc } from "./netrc/plan.ts";
import { definePackageManager, type Place, sourceName, type Target } from "./package-manager.ts";
import { pathOf, pdmFiles, projectSources, publicName } from "./pdm/config.ts";
import { pdmStatus } from "./pdm/status.ts";
import { uploadUrl, verifyIndex } from "./python/simple-index.ts";
import { textAt, textEdits } from "./text-values.ts";

export const pdm = definePackageManager({
  id: "pdm",
  title: "PDM",
  tool: "pdm",
  ecosystem: "pypi",
  signs: ["pdm.lock", "pdm.toml", ".pdm.toml", ".pdm-python"],
  proof: "simple index",
  tested: "PDM 2.2",
  symptom:
    "PDM says `Unable to find candidates`, as if there were no such package, or that credentials are not provided.",
  scopes: ["user", "project"],
  styles: ["reference", "value"],

  files(place) {
    const { config, project } = pdmFiles(place);
    return [config, ...(project ? [project.pyproject, ...project.settings] : []), ...netrcFiles(place)];
  },

  plan(target, place, texts) {
    const url = parseRegistryUrl(target.url);
    const username = checkUsername(target.username);
    const password = checkText("token", target.secret.reveal());
    const name = target.mirrors ? publicName : sourceName;
    const routing =
      place.scope === "project"
        ? inProject(url.href, name, place, texts)
        : inConfig(url.href, name, place, texts);
    const login = loginEdits(target, { url, name, username, password }, place, texts);
    const { config } = pdmFiles(place);
    const upload = parseRegistryUrl(uploadUrl(target)).href;
    const repository = (key: string) => ["repository", sourceName, key];
    const formerUpload = textAt(toml, config, texts, repository("url"));
    const publishing = textEdits(toml, config, texts, [
      ...(sameRegistry(formerUpload, upload)
        ? []
        : [{ path: repository("url"), value: upload, ...inPlaceOf(formerUpload) }]),
      { path: repository("username"), value: username },
    ]);
    return {
      changes: changesOf([...routing.edits, ...publishing, ...login.edits], texts),
      warnings: [...routing.warnings, ...login.warnings],
      replaced_url:
        routing.former === undefined || sameRegistry(routing.former, url.href)
          ? undefined
          : withoutCredentials(routing.former),
    };
  },

  status: pdmStatus,
  verify: verifyIndex,
});

interface Routing {
  edits: Edit[];
  warnings: string[];
  /** The URL that stood there. */
  former?: string | undefined;
}

/** A source of the project; without one called pypi, the public index is asked as well. */
function inProject(url: string, name: string, place: Place, texts: Texts): Routing {
  const { project, config } = pdmFiles(place);
  const former = projectSources(place, texts).find((source) => source.name === name)?.url;
  if (!project || isPlain(former, url)) return { edits: [], warnings: [], former };
  const path = ["tool", "pdm", `source[name=${name}]`, "url"];
  return {
    edits: textEdits(toml, project.pyproject, texts, [{ path, value: url, ...inPlaceOf(former) }]),
    warnings: [],
    former: name === publicName ? (former ?? textAt(toml, config, texts, [publicName, "url"])) : undefined,
  };
}

function inConfig(url: string, name: string, place: Place, texts: Texts): Routing {
  const { config } = pdmFiles(place);
  const path = [...pathOf(name), "url"];
  const former = textAt(toml, config, texts, path);
  return {
    edits: isPlain(former, url)
      ? []
      : textEdits(toml, config, texts, [{ path, value: url, ...inPlaceOf(former) }]),
    warnings:
      name === publicName
        ? []
        : [
            `PDM 2.2 and earlier know an index beside the public one only from a project: use scope "project" with them.`,
          ],
    former: name === publicName ? former : undefined,
  };
}

/** Whether a URL is ours already; a login in it would come before every other. */
function isPlain(former: string | undefined, url: string): boolean {
  return sameRegistry(former, url) && !mayHoldCredentials(former);
}

interface Login {
  url: URL;
  name: string;
  username: string;
  password: string;
}

/** @throws Problem `conflict` where PDM would prefer another login to that of netrc */
function loginEdits(
  { style }: Target,
  { url, name, username, password }: Login,
  place: Place,
  texts: Texts,
): { edits: Edit[]; warnings: string[] } {
  const { config } = pdmFiles(place);
  const at = (key: string) => [...pathOf(name), key];
  const repositoryPassword = ["repository", sourceName, "password"];
  const stored = textAt(toml, config, texts, at("password"));
  if ((style ?? (stored === undefined ? "reference" : "value")) === "value") {
    return {
      edits: textEdits(toml, config, texts, [
        { path: at("username"), value: username },
        { path: at("password"), value: password, sensitive: true },
        { path: repositoryPassword, value: password, sensitive: true },
      ]),
      warnings: [
        "PDM 2.2 and earlier take no user and password for an index from their file: use secret_style reference with them.",
      ],
    };
  }
  if (stored !== undefined)
    throw new Problem(
      "conflict",
      `${config} has a password for the index, which PDM prefers to that of netrc.`,
      'Use secret_style "value", or take the password out of the file and try again.',
      { allowed: ["value"] },
    );
  const { edits, warnings } = planNetrc(url, { login: username, password }, place, texts, ["value"]);
  const user = textAt(toml, config, texts, at("username"));
  const uploads = textAt(toml, config, texts, repositoryPassword);
  return {
    edits: [
      ...edits,
      // What names another user there would be sent; what is there already is kept up to date.
      ...textEdits(toml, config, texts, [
        ...(user === undefined ? [] : [{ path: at("username"), value: username }]),
        ...(uploads === undefined ? [] : [{ path: repositoryPassword, value: password, sensitive: true }]),
      ]),
    ],
    warnings:
      uploads === undefined
        ? [
            ...warnings,
            `To publish, \`pdm publish --repository ${sourceName}\` takes the token from PDM_PUBLISH_PASSWORD: it does not look into netrc.`,
          ]
        : warnings,
  };
}
