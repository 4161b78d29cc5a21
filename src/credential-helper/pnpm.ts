/**
 * pnpm's `tokenHelper`: a program without arguments that prints the token, nothing else (pnpm.io/npmrc). Ours is a
 * script that names the registry.
 */
import { loginFor, type Protocol } from "./protocol.ts";

export const pnpm: Protocol = async ({ args: [url = ""], say, logins }) => {
  const login = loginFor(url, await logins.all());
  if (!login) return 1;
  say(login.secret.reveal());
  return 0;
};
