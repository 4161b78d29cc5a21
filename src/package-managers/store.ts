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

const root = "credentials";

/** A login as the store keeps it. */
export interface Stored {
  username: string;
  secret: Secret;
}

/** The edit that puts a login there under the target's URL, or for docker its host. */
export function storeEdit(
  { url, username, secret }: Pick<Target, "url" | "username" | "secret">,
  { store }: Pick<Place, "store">,
): Edit {
  const source = JSON.stringify({ username, token: secret.reveal() });
  return { file: store, format: json, path: [root, url], source, sensitive: true };
}

/** The edit that takes it away. */
export function eraseEdit(url: string, { store }: Pick<Place, "store">): Edit {
  return { file: store, format: json, path: [root, url], source: undefined, sensitive: true };
}

/**
 * What the store has for a URL, or for docker a host.
 *
 * @throws Problem `file_unparsable`
 */
export function storedFor(url: string, { store }: Place, texts: Texts): Stored | undefined {
  return credentialsIn(store, texts).get(url);
}

/**
 * Everything that the store has. An entry that is not one of ours is passed over.
 *
 * @throws Problem `file_unparsable`
 */
export function credentialsIn(store: string, texts: Texts): ReadonlyMap<string, Stored> {
  const source = readValue(json, store, texts, [root]);
  const entries: unknown = source === undefined ? {} : JSON.parse(source);
  const found = new Map<string, Stored>();
  for (const [url, entry] of Object.entries(entries ?? {})) {
    const { username, token } = { username: undefined, token: undefined, ...Object(entry) } as Record<
      string,
      unknown
    >;
    if (typeof username === "string" && typeof token === "string" && token !== "")
      found.set(url, { username, secret: new Secret(token) });
  }
  return found;
}

/** The words by which a client starts the helper. The store is named, since the client may have another environment. */
export function helperCommand({ program, store }: Place, protocol: string): readonly string[] {
  return [...program, "credential-helper", protocol, "--store", store];
}
