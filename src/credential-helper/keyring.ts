/**
 * pip and uv with `keyring-provider = subprocess`: `keyring get SERVICE USERNAME` prints the password, and ends with 1
 * where there is none. The service is the index's URL, and when that has none its host (pip's documentation,
 * "Authentication"; uv's, "Keyring").
 */
import { hostOf, type Login, loginFor, type Protocol } from "./protocol.ts";

export const keyring: Protocol = async ({ args: [action, service = "", username = ""], say, logins }) => {
  if (action !== "get" || service === "") return 2;
  const login = find(await logins.all(), service, username);
  if (!login) return 1;
  say(login.secret.reveal());
  return 0;
};

function find(all: ReadonlyMap<string, Login>, service: string, username: string): Login | undefined {
  const ofUser = new Map([...all].filter(([, login]) => login.username === username));
  if (service.includes("://")) return loginFor(service, ofUser);
  // A host alone: what is below it belongs to the same registry.
  return [...ofUser].find(([url]) => url.includes("://") && hostOf(url) === hostOf(service))?.[1];
}
