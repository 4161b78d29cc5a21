/** docker's `config.json` as the docker CLI reads it (docs.docker.com/reference/cli/docker, "Configuration files"). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";

export interface Login {
  username: string;
  password: string;
}

/** @throws Problem `unsupported` for a project: docker has one configuration for each user */
export function configFile(place: Place): string {
  if (place.scope === "project") {
    throw new Problem("unsupported", "docker has no configuration of a project.", 'Use scope "user".', {
      allowed: ["user"],
    });
  }
  const { join, isAbsolute } = place.platform === "win32" ? win32 : posix;
  const folder = place.env.DOCKER_CONFIG || join(place.home, ".docker");
  if (isAbsolute(folder)) return join(folder, "config.json");
  throw new Problem(
    "invalid_input",
    "DOCKER_CONFIG is a relative path.",
    "Set DOCKER_CONFIG to an absolute path, or unset it.",
  );
}

/**
 * The credential helper for a host, `docker-credential-NAME`: its own in `credHelpers`, else `credsStore`.
 *
 * @throws Problem `file_unparsable`; `unsupported` for a name that is not that of a program
 */
export function helperFor(host: string, file: string, texts: Texts): string | undefined {
  const name = member(file, texts, ["credHelpers", host]) ?? member(file, texts, ["credsStore"]);
  if (typeof name !== "string" || name === "") return undefined;
  if (/^\w[\w.-]*$/.test(name)) return `docker-credential-${name}`;
  throw new Problem(
    "unsupported",
    `${file} names a credential helper that cannot be a program.`,
    `Correct credsStore or credHelpers in ${file}.`,
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
