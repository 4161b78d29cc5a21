/** What docker's configuration says about one registry. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import type { Place, Status } from "../package-manager.ts";
import { checkHost, configFile, helperFor, loginIn, member } from "./config.ts";

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function dockerStatus(host: string, place: Place, texts: Texts): Status {
  const file = configFile(place);
  const helper = helperFor(checkHost(host), file, texts);
  const found = entryFor(host, file, texts);
  const login = loginIn(found?.entry);
  const inFile = helper === undefined ? login : undefined;
  const configured = helper === undefined ? login !== undefined : found !== undefined;
  return {
    configured,
    ...(configured && { url: host, where: helper ?? file }),
    ...(inFile && { username: inFile.username, secret: new Secret(inFile.password) }),
    shadowed_by: environmentShadow(host, login, place.env),
    warnings: [
      ...(helper !== undefined && login !== undefined
        ? [`${file} still holds a password for ${host}, although ${helper} keeps the one in use.`]
        : []),
      ...(found && hasIdentityToken(found.entry)
        ? [`${file} holds an identity token for ${host}, which docker prefers to user and password.`]
        : []),
      ...(found && found.key !== host
        ? [`${file} has the login under \`${found.key}\`; other clients look under \`${host}\` alone.`]
        : []),
    ],
  };
}

/** The entry in `auths`: under the host itself, else under an old-fashioned URL of that host, as docker has it. */
function entryFor(host: string, file: string, texts: Texts): { key: string; entry: unknown } | undefined {
  const auths = member(file, texts, ["auths"]);
  if (typeof auths !== "object" || auths === null) return undefined;
  const entries = Object.entries(auths);
  const [key, entry] =
    entries.find(([key]) => key === host) ?? entries.find(([key]) => hostOf(key) === host) ?? [];
  return key === undefined ? undefined : { key, entry };
}

function hasIdentityToken(entry: unknown): boolean {
  return (
    typeof entry === "object" && entry !== null && "identitytoken" in entry && entry.identitytoken !== ""
  );
}

function hostOf(key: string): string | undefined {
  return key.replace(/^https?:\/\//, "").split("/")[0];
}

/** CLI ≥ 28.3 takes logins from this variable before those of the file. */
function environmentShadow(
  host: string,
  ours: { password: string } | undefined,
  env: Place["env"],
): string[] {
  if (!env.DOCKER_AUTH_CONFIG) return [];
  const login = loginIn(environmentEntry(host, env.DOCKER_AUTH_CONFIG));
  if (!login || login.password === ours?.password) return [];
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
