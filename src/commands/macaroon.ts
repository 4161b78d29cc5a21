import { MacaroonFault } from "../macaroon/fault.ts";
import { Problem } from "../problem.ts";
import type { Command, Invocation } from "./command.ts";
import { attenuateHeader, explainHeader, verifyHeader } from "./macaroon/work.ts";

const works: Record<string, (header: string, invocation: Invocation) => Promise<number>> = {
  explain: explainHeader,
  attenuate: attenuateHeader,
  verify: verifyHeader,
};

/** For scripts and experts: the header on stdin, so that it stands in no list of processes; JSON out. */
export const command: Command = {
  about: "Read, narrow and verify Fly.io's tokens offline",
  words: () => Object.keys(works),
  flags: {
    json: { type: "boolean" },
    caveats: { type: "string" },
    location: { type: "string" },
    "key-file": { type: "string" },
    "third-party": { type: "string", multiple: true },
  },
  async run(invocation) {
    try {
      const [name = "", ...others] = invocation.positionals;
      const work = Object.hasOwn(works, name) ? works[name] : undefined;
      if (!work || others.length > 0)
        throw new Problem(
          "invalid_input",
          others.length > 0
            ? "A token is read from stdin, never from the command line, where others can see it."
            : "What is to be done with the token?",
          "`fly-tokens macaroon explain|attenuate|verify`, with the token on stdin.",
          { allowed: Object.keys(works) },
        );
      return await work(await headerIn(process.stdin), invocation);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const code = error instanceof MacaroonFault ? error.reason : error.code;
      process.stderr.write(`${JSON.stringify({ error: code, message: error.message, fix: error.fix })}\n`);
      return 2;
    }
  },
};

/** Characters; more than any header has. */
const longest = 1024 * 1024;

/** @throws MacaroonFault `too_large`, before what goes on for ever fills the memory */
async function headerIn(input: NodeJS.ReadStream): Promise<string> {
  let header = "";
  for await (const text of input.setEncoding("utf8")) {
    header += text;
    if (header.length > longest) throw new MacaroonFault("too_large");
  }
  return header;
}
