/**
 * Our own store of credentials, for clients that ask a helper: one 0600 JSON file in our data folder. Package managers
 * plan its edits with their own, so that both are written, and taken back, together; `fly-tokens credential-helper`
 * reads it (src/credential-helper/).
 */
import type { Texts } from "../disk/change.ts";
import { json } from "../formats/json.ts";
import { Secret } from "../secret.ts";
import { type Edit, readValue } from "./edit.ts";
import type { Place, Target } from "./package-manager.ts";

/** A login as the store keeps it. */
export interface Stored {
  username: string;
  secret: Secret;
}

/** The edit that puts a login there under the target's URL, or for docker its host. */
export function storeEdit({ url, username, secret }: Target, { store }: Place): Edit {
  const source = JSON.stringify({ username, token: secret.reveal() });
  return { file: store, format: json, path: ["credentials", url], source, sensitive: true };
}

/**
 * What the store has for a URL, or for docker a host.
 *
 * @throws Problem `file_unparsable`
 */
export function storedFor(url: string, { store }: Place, texts: Texts): Stored | undefined {
  const source = readValue(json, store, texts, ["credentials", url]);
  const entry: unknown = source === undefined ? undefined : JSON.parse(source);
  if (typeof entry !== "object" || entry === null || !("username" in entry) || !("token" in entry))
    return undefined;
  const { username, token } = entry;
  return typeof username === "string" && typeof token === "string" && token !== ""
    ? { username, secret: new Secret(token) }
    : undefined;
}

/** The words by which a client starts the helper. */
export function helperCommand({ program }: Place, protocol: string): readonly string[] {
  return [...program, "credential-helper", protocol];
}
