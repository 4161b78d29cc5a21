/**
 * pip and uv with `keyring-provider = subprocess`: `keyring get SERVICE USERNAME` prints the password, and ends with 1
 * where there is none; `keyring get SERVICE --mode creds` prints the user's name before it, for whoever has a login
 * there. The service is the index's URL, or of an older uv one below it, and when that has none its host (pip's
 * documentation, "Authentication"; uv's, "Keyring providers"; uv-auth's keyring.rs).
 */
import { hostOf, type Login, loginFor, type Protocol } from "./protocol.ts";

export const keyring: Protocol = async ({ args, say, logins }) => {
  const mode = args.indexOf("--mode");
  const wantsName = mode >= 0 && args[mode + 1] === "creds";
  const [action, service = "", username] = wantsName
    ? args.filter((_, index) => index !== mode && index !== mode + 1)
    : args;
  if (action !== "get" || service === "") return 2;
  const all = await logins.all();
  const login = find(service, wantsName ? all : ofUser(username ?? "", all));
  if (!login) return 1;
  if (wantsName) say(login.username);
  say(login.secret.reveal());
  return 0;
};

function ofUser(username: string, all: ReadonlyMap<string, Login>): ReadonlyMap<string, Login> {
  return new Map([...all].filter(([, login]) => login.username === username));
}

function find(service: string, all: ReadonlyMap<string, Login>): Login | undefined {
  if (URL.canParse(service) && service.includes("://")) return nearest(new URL(service), all);
  // A host alone: what is below it belongs to the same registry.
  return [...all].find(([url]) => url.includes("://") && hostOf(url) === hostOf(service))?.[1];
}

/** The login of a URL, else of the one that it is below. */
function nearest(url: URL, all: ReadonlyMap<string, Login>): Login | undefined {
  const steps = url.pathname.split("/");
  for (let depth = steps.length; depth > 1; depth--) {
    const login = loginFor(`${url.origin}${steps.slice(0, depth).join("/")}`, all);
    if (login) return login;
  }
  return undefined;
}
