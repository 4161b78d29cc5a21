/** Where podman, skopeo and buildah look for logins (containers-auth.json(5), and `--authfile` in podman-login(1)). */
import { type AuthFile, absoluteSetting, dockerFile, refuseProject } from "../docker/config.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

/** The files of some of the programs, in the order in which they are read; the first login is the one that is used. */
export interface Lookup {
  who: string;
  files: readonly AuthFile[];
}

/**
 * How logins are found; podman's own way comes first. A file that a variable names is the only one: versions of
 * containers/image before 5.24 go on to others, later ones do not.
 *
 * @throws Problem `invalid_input` for a relative path, `unsupported` for a project
 */
export function lookups(place: Place): readonly [Lookup, ...Lookup[]] {
  refuseProject(place, "podman");
  const named = absoluteSetting("REGISTRY_AUTH_FILE", place);
  const docker = { ...dockerFile(place), reader: "containers" } as const;
  if (named !== undefined) return [{ who: "podman, skopeo and buildah", files: [authFile(named)] }];
  const files = [...runtimeFiles(place), authFile(persistentFile(place)), docker];
  if (!place.env.DOCKER_CONFIG) return [{ who: "podman, skopeo and buildah", files }];
  return [
    { who: "podman and buildah", files: [docker] },
    { who: "skopeo", files },
  ];
}

/** The file that a login is written to: podman's first one that is still there after a reboot. */
export function writtenFile(place: Place): AuthFile {
  const { files } = lookups(place)[0];
  const runtime = runtimeFiles(place).map(({ path }) => path);
  return files.find(({ path }) => !runtime.includes(path)) ?? authFile(persistentFile(place));
}

function persistentFile(place: Place): string {
  const { join } = pathsOf(place);
  const base =
    (place.platform === "linux" ? absoluteSetting("XDG_CONFIG_HOME", place) : undefined) ??
    join(place.home, ".config");
  return join(base, "containers", "auth.json");
}

/** Where `podman login` writes on Linux: gone after a reboot, and read before what lasts. */
function runtimeFiles(place: Place): AuthFile[] {
  if (place.platform !== "linux") return [];
  const { join } = pathsOf(place);
  const folder = absoluteSetting("XDG_RUNTIME_DIR", place);
  if (folder !== undefined) return [authFile(join(folder, "containers", "auth.json"))];
  const uid = process.getuid?.();
  return uid === undefined ? [] : [authFile(`/run/containers/${uid}/auth.json`)];
}

function authFile(path: string): AuthFile {
  return { path, reader: "containers" };
}
