/** The public index that a client uses without any configuration, asked of the client itself. */
import { tmpdir } from "node:os";
import type { Seams } from "../../seams.ts";

type Asked = Pick<Seams, "run" | "env">;

/**
 * Asks once for each, and remembers the answer.
 * @returns `undefined` where the client is not installed or does not say
 */
export function clientDefaults(seams: Asked): (ecosystem: "npm" | "pypi") => Promise<string | undefined> {
  const answers = new Map<string, Promise<string | undefined>>();
  return (ecosystem) => {
    const known =
      answers.get(ecosystem) ?? (ecosystem === "npm" ? askNpm(seams) : askPip(seams)).catch(() => undefined);
    answers.set(ecosystem, known);
    return known;
  };
}

/** As npm answers when there is no file of the user's, and no variable. */
async function askNpm(seams: Asked): Promise<string | undefined> {
  const { stdout } = await seams.run(
    "npm",
    ["config", "get", "registry", "--userconfig", "none"],
    options(seams, /^npm_config_/i),
  );
  return /^https?:\S+$/m.exec(stdout)?.[0];
}

/** pip has no command that prints it; its help does, since pip 1. */
async function askPip(seams: Asked): Promise<string | undefined> {
  const { stdout } = await seams.run("pip", ["--isolated", "download", "--help"], options(seams, /^pip_/i));
  return /\(default\s+(https?:[^\s)]+)\)/.exec(stdout)?.[1];
}

/** Away from any project, whose files could answer instead. */
function options({ env }: Asked, theirs: RegExp) {
  const rest = Object.entries(env).filter(([name]) => !theirs.test(name));
  return { env: { ...Object.fromEntries(rest), COLUMNS: "400" }, cwd: tmpdir(), timeout: 10_000 };
}
