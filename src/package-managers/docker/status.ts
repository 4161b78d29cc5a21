/** What docker's configuration says about one registry. */
import type { Texts } from "../../disk/change.ts";
import type { Place, Status } from "../package-manager.ts";
import { checkHost, dockerFile, loginIn } from "./config.ts";
import { findLogin } from "./found.ts";

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function dockerStatus(host: string, place: Place, texts: Texts): Status {
  const file = dockerFile(place);
  const found = findLogin(checkHost(host), file, place, texts);
  return {
    ...found,
    ...(found.configured && { url: host }),
    shadowed_by: environmentShadow(host, found.secret?.reveal(), place.env),
  };
}
/** CLI ≥ 28.3 takes logins from this variable before those of the file. */
function environmentShadow(host: string, ours: string | undefined, env: Place["env"]): string[] {
  if (!env.DOCKER_AUTH_CONFIG) return [];
  const login = loginIn(environmentEntry(host, env.DOCKER_AUTH_CONFIG));
  if (!login || login.password === ours) return [];
  return [
    `DOCKER_AUTH_CONFIG holds another login for ${host}, which docker 28.3 and later prefer to the file.`,
  ];
}

function environmentEntry(host: string, text: string): unknown {
  try {
    return JSON.parse(text)?.auths?.[host];
  } catch {
    return undefined;
  }
}
