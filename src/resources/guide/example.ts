/**
 * A set-up as an example: what a package manager would write on the machine of nobody, with words in place of the
 * registry, the user and the token. It is planned as a real one is, so that it cannot say anything else.
 */
import type { Texts } from "../../disk/change.ts";
import type {
  Ecosystem,
  PackageManager,
  Place,
  Scope,
  SecretStyle,
  Target,
} from "../../package-managers/package-manager.ts";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";

export const [user, token] = ["USER", "TOKEN"] as const;

/** What docker and others write for a user and a token. */
const encoded = Buffer.from(`${user}:${token}`).toString("base64");

export interface Example {
  scope: Scope;
  style: SecretStyle;
  files: { path: string; text: string }[];
  warnings: readonly string[];
  /** The environment variable that is to hold the token. */
  variable?: string | undefined;
  /** Every file that the client would look into, as it is then. */
  texts: Texts;
}

/** A refusal, where it cannot be said without knowing the project. */
export function exampleOf(
  manager: PackageManager,
  scope: Scope,
  style: SecretStyle,
  platform: NodeJS.Platform,
): Example | Problem {
  const { project_dir, ...own } = placeOf(scope, platform);
  const place = scope === "project" ? { ...own, project_dir } : own;
  const before = textsAt(manager, place);
  try {
    const { changes, warnings, variable } = manager.plan(
      { ...targetOf(manager.ecosystem), style },
      place,
      before,
    );
    return {
      scope,
      style,
      files: changes.map(({ path, after }) => ({ path, text: inPlainWords(after ?? "") })),
      warnings,
      variable,
      texts: new Map([...before, ...changes.map(({ path, after }) => [path, after] as const)]),
    };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** @param env what is set there */
export function placeOf(scope: Scope, platform: NodeJS.Platform, env: Place["env"] = {}): Place {
  const home = homeOn(platform);
  const slash = platform === "win32" ? "\\" : "/";
  return {
    scope,
    home,
    project_dir: `${home}${slash}project`,
    env,
    platform,
    store: [home, ".local", "share", "fly-tokens", "credentials.json"].join(slash),
    program: [platform === "win32" ? "C:\\fly-tokens\\fly-tokens.exe" : "/usr/local/bin/fly-tokens"],
  };
}

export function homeOn(platform: NodeJS.Platform): string {
  return platform === "win32" ? "C:\\Users\\you" : platform === "darwin" ? "/Users/you" : "/home/you";
}

/** @param texts what is known of them; others are not there */
export function textsAt({ files }: PackageManager, place: Place, texts: Texts = new Map()): Texts {
  return new Map(files(place).map((file) => [file, texts.get(file) ?? null]));
}

/** What `Target.url` is for each of them; a name that stands for nobody. */
const urls: Record<Ecosystem, string> = {
  npm: "/npm/",
  pypi: "/pypi/simple",
  docker: "",
  maven: "/maven",
  nuget: "/nuget/index.json",
  go: "/go",
  cargo: "/cargo/",
  gems: "/gems/",
  composer: "/composer",
  terraform: "/terraform/",
  conda: "/conda",
  generic: "/files",
};

/** @param host whose registry it is */
export function targetOf(ecosystem: Ecosystem, host = "registry.example"): Target {
  return {
    url: ecosystem === "docker" ? host : `https://${host}${urls[ecosystem]}`,
    ...(ecosystem === "pypi" && { publish_url: `https://${host}/pypi/` }),
    ...(ecosystem === "docker" && { path: "docker" }),
    mirrors: true,
    publishes: true,
    username: user,
    secret: new Secret(token),
  };
}

function inPlainWords(text: string): string {
  return text.replaceAll(encoded, `BASE64(${user}:${token})`);
}
