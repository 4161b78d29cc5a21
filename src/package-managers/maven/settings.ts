/** Maven's settings as Maven itself reads them: where they are, and what is in them (maven.apache.org/settings.html). */
import type { Texts } from "../../disk/change.ts";
import { childText, descendants, parseXml, type XmlElement } from "../../formats/xml-tree.ts";
import { Problem } from "../../problem.ts";
import { parsing } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

export interface MavenFiles {
  user: string;
  /** The installation's own. */
  global: string | undefined;
  /** A project's arguments. */
  project: string | undefined;
  /** What MAVEN_ARGS names as the user's settings, if that depends on the folder where Maven starts. */
  relative: string | undefined;
}

export interface Repository {
  id: string;
  url: string;
  /** The file that it is from. */
  where: string;
}

export interface Mirror extends Repository {
  mirrorOf: string;
}

export interface Server {
  username: string;
  /** As it is written, references and all. */
  written: string;
  password: string;
  where: string;
}

export interface Settings {
  /** In the order in which they are asked. */
  mirrors: Mirror[];
  /** Those of the profiles that are active. */
  repositories: Repository[];
  /** Active profiles that say where `mvn deploy` goes: their ids. */
  deployers: string[];
  server(id: string): Server | undefined;
}

/** @throws Problem `unsupported` for a project: what holds Maven's credentials is the user's alone */
export function mavenFiles(place: Place): MavenFiles {
  if (place.scope === "project") {
    throw new Problem(
      "unsupported",
      "maven has no credentials of a project: servers and mirrors are in the user's settings alone.",
      'Use scope "user".',
      { allowed: ["user"] },
    );
  }
  const { home, env, platform, project_dir } = place;
  const { join, isAbsolute } = pathsOf({ platform });
  // Read by `mvn` since 3.9.
  const args = wordsOf(env.MAVEN_ARGS ?? "");
  const named = optionIn(args, "-s", "--settings");
  const installed = optionIn(args, "-gs", "--global-settings");
  const folder = env.MAVEN_HOME || env.M2_HOME || (platform === "linux" ? "/usr/share/maven" : "");
  const globals = [installed, join(folder, "conf/settings.xml")];
  return {
    user: named !== undefined && isAbsolute(named) ? named : join(home, ".m2/settings.xml"),
    global: globals.find((file) => file !== undefined && isAbsolute(file)),
    project: project_dir === undefined ? undefined : join(project_dir, ".mvn/maven.config"),
    relative: named !== undefined && !isAbsolute(named) ? named : undefined,
  };
}

/** The settings file that a project's own arguments name. */
export function projectSettings({ project }: MavenFiles, texts: Texts): string | undefined {
  const text = project === undefined ? undefined : texts.get(project);
  return text ? optionIn(wordsOf(text), "-s", "--settings") : undefined;
}

/**
 * What the user's and the installation's settings come to: of two entries with one id the user's counts.
 *
 * @throws Problem `file_unparsable`
 */
export function readSettings({ user, global }: MavenFiles, place: Place, texts: Texts): Settings {
  const files = [user, ...(global === undefined || global === user ? [] : [global])];
  const layers = files.map((file) => ({ file, root: rootOf(file, texts) }));
  const expand = (text = "") => expandVariables(text, place.env);

  const list = (...names: string[]) => {
    const seen = new Set<string>();
    return layers.flatMap(({ file, root }) => {
      const found = descendants(root, ...names).map((element) => ({ file, element, id: idOf(element) }));
      const fresh = found.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      return fresh;
    });
  };
  const active = layers.flatMap(({ root }) =>
    descendants(root, "activeProfiles", "activeProfile").map(({ text }) => expand(text.trim())),
  );
  const profiles = list("profiles", "profile").filter(
    ({ id, element }) =>
      active.includes(id) ||
      descendants(element, "activation", "activeByDefault").some(({ text }) => text.trim() === "true"),
  );
  const repository = (element: XmlElement, file: string): Repository => ({
    id: idOf(element),
    url: expand(childText(element, "url")),
    where: file,
  });
  return {
    mirrors: list("mirrors", "mirror").map(({ element, file }) => ({
      ...repository(element, file),
      mirrorOf: expand(childText(element, "mirrorOf")),
    })),
    repositories: profiles.flatMap(({ element, file }) =>
      descendants(element, "repositories", "repository").map((one) => repository(one, file)),
    ),
    deployers: profiles.flatMap(({ element, id }) =>
      descendants(element, "properties", "altDeploymentRepository").length > 0 ? [id] : [],
    ),
    server(id) {
      // Of several in one file the last one counts, and the user's file before the installation's.
      for (const { file, root } of layers) {
        const found = descendants(root, "servers", "server").findLast((element) => idOf(element) === id);
        if (!found) continue;
        const written = childText(found, "password") ?? "";
        const username = expand(childText(found, "username"));
        return { username, written, password: expand(written), where: file };
      }
      return undefined;
    },
  };
}

/**
 * The mirror that stands in for a repository: one that names it alone, else the first whose pattern fits
 * (maven.apache.org/guides/mini/guide-mirror-settings.html).
 */
export function mirrorFor(
  { id, url }: Omit<Repository, "where">,
  mirrors: readonly Mirror[],
): Mirror | undefined {
  return (
    mirrors.find((mirror) => mirror.mirrorOf === id) ??
    mirrors.find(({ mirrorOf }) => covers(mirrorOf, id, url))
  );
}

function covers(pattern: string, id: string, url: string): boolean {
  const words = pattern.split(",").map((word) => word.trim());
  if (words.includes(`!${id}`)) return false;
  const external = !/^file:|^\w+:\/\/(?:[^/]*@)?(?:localhost|127\.0\.0\.1)(?:[:/]|$)/i.test(url);
  return words.some(
    (word) =>
      word === id ||
      word === "*" ||
      (external && word === "external:*") ||
      (external && word === "external:http:*" && /^http:/i.test(url)),
  );
}

/** Puts in the values of `${env.NAME}`; one that is not set stays as it is, and is sent like that. */
export function expandVariables(text: string, env: Place["env"]): string {
  return text.replace(/\$\{env\.([^}]+)\}/g, (all, name: string) => env[name] ?? all);
}

/** The variable that a password is a reference to, when it is one and nothing else. */
export function variableIn(written: string): string | undefined {
  return /^\$\{env\.([^}]+)\}$/.exec(written)?.[1];
}

function rootOf(file: string, texts: Texts): XmlElement | undefined {
  return parsing(file, () => parseXml(texts.get(file) ?? "").root);
}

function idOf(element: XmlElement): string {
  return childText(element, "id") ?? "default";
}

function wordsOf(text: string): string[] {
  return text.match(/"[^"]*"|'[^']*'|[^\s"']+/g)?.map((word) => word.replace(/^(["'])(.*)\1$/, "$2")) ?? [];
}

/** Of an option that is given twice Maven takes the first. */
function optionIn(words: readonly string[], short: string, long: string): string | undefined {
  const index = words.findIndex((word) => word === short || word === long || word.startsWith(`${long}=`));
  const word = words[index];
  return word?.startsWith(`${long}=`) ? word.slice(long.length + 1) : word && words[index + 1];
}
