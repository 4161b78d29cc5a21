/** Where helm has its logins (helm.sh/docs/helm/helm, "Environment variables"), and which of them it would use. */
import type { Texts } from "../../disk/change.ts";
import { type AuthFile, absoluteSetting, checkHost, dockerFile, refuseProject } from "../docker/config.ts";
import { findLogin } from "../docker/found.ts";
import type { Place, Status } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

/** @throws Problem `invalid_input`, `unsupported` for a project */
export function helmFile(place: Place): AuthFile {
  refuseProject(place, "helm");
  const path =
    absoluteSetting("HELM_REGISTRY_CONFIG", place) ??
    pathsOf(place).join(configFolder(place), "registry", "config.json");
  return { path, reader: "docker" };
}

/** In the order in which they are read: what helm's own file lacks, it takes from docker's. */
export function helmFiles(place: Place): [AuthFile, AuthFile] {
  return [helmFile(place), dockerFile(place)];
}

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function helmStatus(host: string, place: Place, texts: Texts): Status {
  const [own, docker] = helmFiles(place);
  const inOwn = findLogin(checkHost(host), own, place, texts);
  const found = inOwn.configured ? inOwn : findLogin(host, docker, place, texts);
  return { ...found, ...(found.configured && { url: host }), shadowed_by: [] };
}

/** HELM_CONFIG_HOME, else XDG_CONFIG_HOME on every system, else where the system has such folders. */
function configFolder(place: Place): string {
  const { join } = pathsOf(place);
  const own = absoluteSetting("HELM_CONFIG_HOME", place);
  if (own !== undefined) return own;
  const xdg = absoluteSetting("XDG_CONFIG_HOME", place);
  if (xdg !== undefined) return join(xdg, "helm");
  if (place.platform === "darwin") return join(place.home, "Library", "Preferences", "helm");
  if (place.platform === "win32")
    return join(absoluteSetting("APPDATA", place) ?? join(place.home, "AppData", "Roaming"), "helm");
  return join(place.home, ".config", "helm");
}
