/** Who keeps the password for a host: the file itself, our own store, or a credential helper of the user's. */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import type { Place, Target } from "../package-manager.ts";
import { storedFor, storeEdit } from "../store.ts";
import { type AuthFile, generalHelper, helperFor, loginIn, member, ourHelper } from "./config.ts";

/** `store`: ours, which `docker-credential-fly-tokens` reads. A helper is named without `docker-credential-`. */
export type Keeper = "file" | "store" | { helper: string };

/**
 * Who is to keep it: the helper that the user has set up, unless they want ours, or want ours no more.
 *
 * @throws Problem `conflict` when the host has a helper of the user's; `file_unparsable`, `unsupported`
 */
export function keeperFor({ url, style }: Target, file: AuthFile, texts: Texts): Keeper {
  const named = helperFor(url, file, texts);
  const isOwn = member(file.path, texts, ["credHelpers", url]) !== undefined;
  if (style === "helper") {
    if (!isOwn || named === ourHelper || named === undefined) return "store";
    throw new Problem(
      "conflict",
      `${file.path} has the helper docker-credential-${named} for ${url}.`,
      "Leave secret_style out: that helper is given the token. Or remove its entry from credHelpers.",
    );
  }
  const helper = style === "value" && isOwn && named === ourHelper ? generalHelper(file, texts) : named;
  if (helper === undefined) return "file";
  return helper === ourHelper ? "store" : { helper };
}

/** @throws Problem `conflict`, `file_unparsable`, `unsupported` */
export function loginEdits(target: Target, file: AuthFile, place: Place, texts: Texts): Edit[] {
  const keeper = keeperFor(target, file, texts);
  if (keeper === "file") return [...withoutOurs(target.url, file, texts), ...loginEdit(target, file, texts)];
  if (keeper !== "store") return [...withoutOurs(target.url, file, texts), ...mark(target.url, file, texts)];
  const source = JSON.stringify(ourHelper);
  const asks = helperFor(target.url, file, texts) === ourHelper;
  return [
    ...(asks
      ? []
      : [{ file: file.path, format: json, path: ["credHelpers", target.url], source, sensitive: false }]),
    ...(holdsLogin(target.url, file, texts) ? mark(target.url, file, texts) : []),
    storeEdit(target, place),
  ];
}

/** What a person should know of a login that several clients share. */
export function loginNotes(target: Target, file: AuthFile, place: Place, texts: Texts): string[] {
  const { url, secret } = target;
  const stored = storedFor(url, place, texts)?.secret.reveal();
  const asks = helperFor(url, file, texts) === ourHelper;
  if (keeperFor(target, file, texts) !== "store")
    return asks && stored !== undefined
      ? [`${place.store} still has a login for ${url}, for other clients that ask for it.`]
      : [];
  return [
    ...(!asks && stored !== undefined && stored !== secret.reveal()
      ? [`Every client that asks docker-credential-${ourHelper} for ${url} has this login from now on.`]
      : []),
    ...(place.env.FLY_TOKENS_HOME
      ? [
          `docker-credential-${ourHelper} needs FLY_TOKENS_HOME wherever the client runs, to find ${place.store}.`,
        ]
      : []),
  ];
}

/** The entry of ours in `credHelpers`, taken out; our store may serve other clients, so it keeps its login. */
function withoutOurs(host: string, file: AuthFile, texts: Texts): Edit[] {
  const path = ["credHelpers", host];
  if (member(file.path, texts, path) !== ourHelper) return [];
  return [{ file: file.path, format: json, path, source: undefined, sensitive: false }];
}

function loginEdit({ url, username, secret }: Target, file: AuthFile, texts: Texts): Edit[] {
  const auth = JSON.stringify(Buffer.from(`${username}:${secret.reveal()}`).toString("base64"));
  const edit = { file: file.path, format: json, sensitive: true };
  // What clients would prefer to user and password; docker drops them itself at a login.
  const outranking = ["identitytoken", "registrytoken"].filter(
    (name) => member(file.path, texts, ["auths", url, name]) !== undefined,
  );
  return [
    { ...edit, path: ["auths", url, "auth"], source: auth },
    ...outranking.map((name) => ({ ...edit, path: ["auths", url, name], source: undefined })),
  ];
}

/** The empty entry is how docker marks a host that a helper knows. */
function mark(host: string, file: AuthFile, texts: Texts): Edit[] {
  const entry = member(file.path, texts, ["auths", host]);
  if (entry !== undefined && !holdsLogin(host, file, texts)) return [];
  return [{ file: file.path, format: json, path: ["auths", host], source: "{}", sensitive: true }];
}

function holdsLogin(host: string, file: AuthFile, texts: Texts): boolean {
  return (
    loginIn(member(file.path, texts, ["auths", host])) !== undefined ||
    member(file.path, texts, ["auths", host, "identitytoken"]) !== undefined
  );
}
