/**
 * pnpm's `tokenHelper`: a program without arguments that prints the token, nothing else (pnpm.io/npmrc). Ours is a
 * script that names the registry.
 */
import { type Protocol, plainUrl } from "./protocol.ts";

export const pnpm: Protocol = async ({ args: [url = ""], say, logins }) => {
  const found = [...(await logins.all())].find(
    ([key]) => key.includes("://") && plainUrl(key) === plainUrl(url),
  );
  if (!found) return 1;
  say(found[1].secret.reveal());
  return 0;
};
