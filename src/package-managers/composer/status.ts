/** What Composer's files say about one repository. */
import type { Texts } from "../../disk/change.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { type ComposerFiles, composerFiles, valueIn } from "./config.ts";
import { environmentLogins, type Login, loginsFor } from "./login.ts";
import { type Repository, repositoriesIn, urlOf } from "./repositories.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function composerStatus(registry: string, place: Place, texts: Texts): Status {
  const url = parseRegistryUrl(registry);
  const files = composerFiles(place, texts);
  const login = loginsFor(url.host, files, place, texts).at(-1);
  const { found, off } = repositoryInUse(registry, files, texts);
  const insecure = url.protocol === "http:" ? refusesHttp(files, texts) : [];
  const current = found ?? repositoriesIn(files.config, texts).find(({ name }) => name === sourceName);
  const address = current && urlOf(current);
  return {
    configured: found !== undefined && login !== undefined && insecure.length === 0,
    url: address === undefined ? undefined : withoutCredentials(address),
    ...(login && { secret: login.secret, where: login.where }),
    ...(login?.username !== undefined && { username: login.username }),
    shadowed_by: [
      ...off,
      ...insecure,
      ...loginShadow(url.host, login, files, place),
      ...(environmentLogins(place) === null ? ["COMPOSER_AUTH is not JSON: Composer stops at it."] : []),
    ],
    warnings:
      url.protocol === "http:" && insecure.length === 0
        ? [`secure-http is off in ${files.config}: Composer takes packages from any host over http.`]
        : [],
  };
}

/** The project's file outranks the user's by name: it may switch a repository off, or put another in its place. */
function repositoryInUse(
  registry: string,
  { config, project }: ComposerFiles,
  texts: Texts,
): { found?: Repository; off: string[] } {
  const isOurs = (one: Repository) => sameRegistry(urlOf(one), registry);
  const local = project ? repositoriesIn(project.config, texts) : [];
  const inProject = local.find(isOurs);
  if (inProject) return { found: inProject, off: [] };
  const ours = repositoriesIn(config, texts).find(isOurs);
  const instead = local.find(({ name }) => name !== undefined && name === ours?.name);
  if (!ours || !instead) return { ...(ours && { found: ours }), off: [] };
  const what = instead.value === false ? "switches it off" : "has another of that name";
  return { off: [`The repository \`${ours.name}\` is not used here: ${project?.config} ${what}.`] };
}

/** Why Composer would not speak http. */
function refusesHttp({ config, project }: ComposerFiles, texts: Texts): string[] {
  const path = ["config", "secure-http"];
  const own = project && valueIn(project.config, texts, path);
  if (own === undefined)
    return valueIn(config, texts, path) === false
      ? []
      : [`secure-http is on, so Composer refuses a registry over http.`];
  return own === false
    ? []
    : [`${project?.config} sets secure-http, so Composer refuses a registry over http.`];
}

function loginShadow(host: string, login: Login | undefined, { auth }: ComposerFiles, { scope }: Place) {
  if (!login || login.where === auth) return [];
  const kind = login.username === undefined ? "a bearer token" : "a login";
  return [`${login.where} has ${kind} for ${host}, which outranks the ${scope} configuration in ${auth}.`];
}
