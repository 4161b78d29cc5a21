import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { unwritable } from "../disk/refusals.ts";
import { replaceFile } from "../disk/replace.ts";
import { Problem } from "../problem.ts";
import { browserLogin, endLogin } from "../providers/jfrog/browser-login.ts";
import { type Login, loginFile, readLogin } from "../providers/jfrog/login.ts";
import type { Command, Invocation } from "./command.ts";

export const command: Command = {
  about: "Log in at an issuer with the browser",
  words: () => ["jfrog"],
  flags: { url: { type: "string" } },
  async run(invocation) {
    const { config, seams, positionals } = invocation;
    if (positionals.length !== 1 || positionals[0] !== "jfrog")
      throw new Problem(
        "invalid_input",
        "Log in where?",
        "`fly-tokens login jfrog`; for Fly.io there is `fly auth login`.",
        { allowed: ["jfrog"] },
      );
    const login = await browserLogin({
      ...addressIn(invocation),
      fetch: seams.fetch,
      show: (page, code) =>
        process.stderr.write(
          `Open this page in a browser and log in there:\n\n  ${page}\n\nIt asks for this code: ${code}\nWaiting, for five minutes at most …\n`,
        ),
    });
    const file = loginFile(config);
    const former = formerLogin(file);
    await keep(file, login).catch(async (error) => {
      throw unkept(error, await endLogin(login, seams.fetch));
    });
    process.stderr.write(
      `Logged in to ${login.url} as ${login.username}. The credential is in ${file}, for you alone (0600).\n`,
    );
    if (former && former.secret.reveal() !== login.secret.reveal()) {
      const fate = (await endLogin(former, seams.fetch))
        ? "was revoked"
        : "could not be revoked and is still valid; revoke it on the platform's web page";
      process.stderr.write(
        `The credential that was there before, of ${former.username} at ${former.url}, ${fate}.\n`,
      );
    }
    return 0;
  },
};

/** @throws Problem `not_configured` */
function addressIn({ config, flags }: Invocation): { url: string; setting: string } {
  if (typeof flags.url === "string") {
    if (/^https?:\/\//.test(flags.url) && URL.canParse(flags.url) && !/[@?#]/.test(flags.url))
      return { url: flags.url, setting: "--url" };
    throw new Problem(
      "invalid_input",
      "What follows --url is not the address of a platform.",
      "Give it as https://SUBDOMAIN.jfrog.io.",
    );
  }
  if (config.jfrog_url) return { url: config.jfrog_url, setting: "JFROG_URL" };
  if (config.fly_url) return { url: config.fly_url, setting: "FLY_URL" };
  throw new Problem(
    "not_configured",
    "It is not known where the platform is.",
    "`fly-tokens login jfrog --url https://SUBDOMAIN.jfrog.io`, or set JFROG_URL.",
  );
}

/** What is replaced, as far as it can be read. */
function formerLogin(file: string): Login | undefined {
  try {
    return readLogin(file);
  } catch {
    return undefined;
  }
}

/** Nobody has the new credential then. */
function unkept(error: unknown, isRevoked: boolean): unknown {
  if (!(error instanceof Problem)) return error;
  const fate = isRevoked
    ? "The new credential was revoked."
    : "The new credential could not be revoked: revoke it on the platform's web page.";
  return error.told({ sentence: `${error.message} ${fate}` });
}

/** @throws Problem `file_unwritable` */
async function keep(file: string, { url, secret, username }: Login): Promise<void> {
  const text = `${JSON.stringify({ url, access_token: secret.reveal(), username }, null, 2)}\n`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await replaceFile(file, Buffer.from(text));
  } catch (cause) {
    throw unwritable(file, cause);
  }
}
