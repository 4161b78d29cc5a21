/** What Maven's settings say about one repository. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import {
  type Mirror,
  mavenFiles,
  mirrorFor,
  projectSettings,
  type Repository,
  readSettings,
  type Server,
  type Settings,
  variableIn,
} from "./settings.ts";

/** Maven's own repository; a mirror is chosen by the id, and by its being another machine's. */
const central = { id: "central", url: "https://central.invalid/", where: "" };

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function mavenStatus(url: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(url);
  const files = mavenFiles(place);
  const settings = readSettings(files, place, texts);
  const routes = [...settings.repositories, central].map((one) => mirrorFor(one, settings.mirrors) ?? one);
  const route = routes.find((one) => sameRegistry(one.url, url));
  const current = route ?? mirrorFor(central, settings.mirrors);
  const server = route && settings.server(route.id);
  const secret = server && secretIn(server);
  const elsewhere = otherSettings(files.user, projectSettings(files, texts), files.relative);
  return {
    configured: secret !== undefined && elsewhere.length === 0,
    url: current && withoutCredentials(current.url),
    username: server?.username || undefined,
    secret,
    where: server && (variableIn(server.written) ?? server.where),
    shadowed_by: [...elsewhere, ...mirrorShadows(url, settings)],
    warnings: server ? warningsAbout(server) : [],
  };
}

function secretIn({ written, password }: Server): Secret | undefined {
  const isUnset = variableIn(written) !== undefined && password === written;
  return password === "" || isUnset || isEncrypted(password) ? undefined : new Secret(password);
}

/** `{…}`, as `mvn --encrypt-password` makes it (maven.apache.org/guides/mini/guide-encryption.html). */
function isEncrypted(password: string): boolean {
  return /^[^{]*\{[^}]+\}/.test(password) && !password.includes("${");
}

function warningsAbout({ written, password, where }: Server): string[] {
  const variable = variableIn(written);
  return [
    ...(variable !== undefined && password === written ? [unsetVariable(variable)] : []),
    ...(isEncrypted(password)
      ? [
          `The password in ${where} is encrypted with the key of settings-security.xml, and cannot be checked.`,
        ]
      : []),
  ];
}

/** What Maven does where the variable behind a reference is missing. */
export function unsetVariable(variable: string): string {
  return `The token is read from the environment variable ${variable}: where it is not set, Maven sends the reference itself and gets 401.`;
}

function otherSettings(user: string, project: string | undefined, relative: string | undefined): string[] {
  const reads = (who: string, file: string) =>
    `${who} makes Maven read ${file} instead of the user's settings in ${user}.`;
  return [
    ...(relative === undefined ? [] : [reads("MAVEN_ARGS", relative)]),
    ...(project === undefined || project === user ? [] : [reads("The project's .mvn/maven.config", project)]),
  ];
}

/** Mirrors that take what is ours: of several that fit, the first is asked. */
function mirrorShadows(url: string, { mirrors, repositories }: Settings): string[] {
  const ours = repositories.filter((one) => sameRegistry(one.url, url));
  const wanted: Repository[] = ours.length > 0 ? ours : [{ id: sourceName, url, where: "" }];
  // Where our mirror is meant to stand in for everything, it must also get the public packages.
  if (mirrors.some((mirror) => sameRegistry(mirror.url, url))) wanted.push(central);
  return [...new Set(wanted.flatMap((one) => shadow(one, url, mirrors)))];
}

function shadow(repository: Repository, url: string, mirrors: readonly Mirror[]): string[] {
  const mirror = mirrorFor(repository, mirrors);
  if (!mirror || sameRegistry(mirror.url, url)) return [];
  const other = withoutCredentials(mirror.url) ?? "something that is not a URL";
  return [
    `The mirror \`${mirror.id}\` in ${mirror.where} sends what is asked of \`${repository.id}\` to ${other}; with \`!${repository.id}\` in its mirrorOf it would not.`,
  ];
}
