/** docker's `config.json` as the docker CLI reads it (docs.docker.com/reference/cli/docker, "Configuration files"). */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

export interface Login {
  username: string;
  password: string;
}

/** A file in docker's format, and whose reading of it counts. */
export interface AuthFile {
  path: string;
  /**
   * `docker`, and helm like it: one login for a host; `credsStore` counts. `containers` is podman, skopeo and buildah
   * (containers-auth.json(5)): keys may have a path, and `credsStore` is not looked at.
   */
  reader: "docker" | "containers";
}

/** What our own credential helper is called after `docker-credential-`, in `credHelpers`. */
export const ourHelper = "fly-tokens";

/** @throws Problem `unsupported` for a project: docker has one configuration for each user */
export function dockerFile(place: Place): AuthFile {
  refuseProject(place, "docker");
  const { join } = pathsOf(place);
  const folder = absoluteSetting("DOCKER_CONFIG", place) ?? join(place.home, ".docker");
  return { path: join(folder, "config.json"), reader: "docker" };
}

/** @throws Problem `unsupported` */
export function refuseProject({ scope }: Place, tool: string): void {
  if (scope === "user") return;
  throw new Problem("unsupported", `${tool} has no logins of a project.`, 'Use scope "user".', {
    allowed: ["user"],
  });
}

/**
 * A path from the environment; `undefined` when it is not set or empty.
 *
 * @throws Problem `invalid_input` when it is relative: another program would look elsewhere
 */
export function absoluteSetting(name: string, place: Place): string | undefined {
  const value = place.env[name] || undefined;
  if (value === undefined || pathsOf(place).isAbsolute(value)) return value;
  throw new Problem(
    "invalid_input",
    `${name} is a relative path.`,
    `Set ${name} to an absolute path, or unset it.`,
  );
}

/**
 * The credential helper for a host, without `docker-credential-`: its own in `credHelpers`, else `credsStore`.
 *
 * @throws Problem `file_unparsable`; `unsupported` for a name that is not that of a program
 */
export function helperFor(host: string, file: AuthFile, texts: Texts): string | undefined {
  const own = member(file.path, texts, ["credHelpers", host]);
  return own === undefined ? generalHelper(file, texts) : checkHelper(own, file);
}

/** The helper for every host that has none of its own. @throws Problem `file_unparsable`, `unsupported` */
export function generalHelper(file: AuthFile, texts: Texts): string | undefined {
  return file.reader === "docker" ? checkHelper(member(file.path, texts, ["credsStore"]), file) : undefined;
}

function checkHelper(name: unknown, { path }: AuthFile): string | undefined {
  if (typeof name !== "string" || name === "") return undefined;
  if (/^\w[\w.-]*$/.test(name)) return name;
  throw new Problem(
    "unsupported",
    `${path} names a credential helper that cannot be a program.`,
    `Correct credsStore or credHelpers in ${path}.`,
  );
}

/**
 * A value of the file, parsed.
 *
 * @throws Problem `file_unparsable`
 */
export function member(file: string, texts: Texts, path: readonly string[]): unknown {
  const source = readValue(json, file, texts, path);
  return source === undefined ? undefined : JSON.parse(source);
}

/** The login in an entry of `auths`: `auth` is base64 of `user:password`. */
export function loginIn(entry: unknown): Login | undefined {
  const auth = typeof entry === "object" && entry !== null && "auth" in entry ? entry.auth : undefined;
  const [username = "", ...rest] =
    typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8").split(":") : [];
  // The CLI cuts NUL characters off the end, which old versions wrote.
  const password = rest.join(":").replace(/\0+$/, "");
  return username && password ? { username, password } : undefined;
}

/** `host[:port]`, the only key under which docker looks. @throws Problem `invalid_input` */
export function checkHost(host: string): string {
  if (/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host)) return host;
  throw new Problem(
    "invalid_input",
    "That is not the host of a docker registry.",
    "Give HOST or HOST:PORT, without https:// and without a path.",
  );
}
