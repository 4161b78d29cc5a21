import { type Context, createContext } from "../context.ts";
import { lifetime } from "../expiry.ts";
import { Problem, quote } from "../problem.ts";
import { keptFor } from "../rotation/begin.ts";
import { type DueOutcome, type DueRequest, rotateDue } from "../rotation/due.ts";
import { redact } from "../secret.ts";
import type { Command, Invocation } from "./command.ts";

/** Nobody is asked: whoever writes this into a crontab has agreed to it. Protected environments are left to a person. */
export const command: Command = {
  about: "Rotate what expires soon, and end what was kept; for cron",
  flags: {
    within: { type: "string" },
    "keep-old-for": { type: "string" },
    "dry-run": { type: "boolean" },
  },
  async run({ config, seams, flags, positionals }) {
    const context = createContext(config, seams, undefined, { replica: true });
    const request = requestOf(flags, positionals, context);
    let [count, failed] = [0, 0];
    try {
      for await (const outcome of rotateDue(request, context)) {
        count += 1;
        if (outcome.what === "failed") failed += 1;
        process.stdout.write(`${redact(lineOf(outcome, request.dry_run))}\n`);
      }
    } finally {
      await context.close();
    }
    if (count === 0) process.stdout.write("Nothing is due.\n");
    return failed > 0 ? 1 : 0;
  },
};

/** @throws Problem `invalid_input`, `forbidden` where nothing may be changed */
function requestOf(
  flags: Invocation["flags"],
  [stranger]: Invocation["positionals"],
  { policy }: Context,
): DueRequest {
  if (stranger !== undefined)
    throw new Problem(
      "invalid_input",
      `rotate-due takes no "${stranger.slice(0, 40)}".`,
      "For example: fly-tokens rotate-due --within 7d --keep-old-for 24h",
    );
  const [within = "7d", keep_old_for] = ["within", "keep-old-for"].map((name) => {
    const given = flags[name];
    return typeof given === "string" ? given : undefined;
  });
  const dry_run = flags["dry-run"] === true;
  if (policy.read_only && !dry_run)
    throw new Problem(
      "forbidden",
      `The operator allows nothing that changes anything (${policy.ruleOf("read_only")}).`,
      "`fly-tokens rotate-due --dry-run` shows what is due.",
    );
  keptFor(keep_old_for);
  return { within: lifetime(within), keep_old_for, dry_run };
}

const words = {
  rotated: ["was rotated", "would be rotated"],
  carried_on: ["was rotated; an earlier attempt had been interrupted", "would be carried on"],
  ended: ["was revoked; its successor is in its place", "would be revoked"],
  skipped: ["was left alone", "would be left alone"],
  failed: ["was NOT rotated", "could NOT be rotated"],
};

function lineOf({ provider = "", id, name, what, rotation, problem }: DueOutcome, dry_run: boolean): string {
  const token =
    id === undefined ? provider || "A rotation" : `${provider} ${quote(name ?? "", 100)} (${quote(id, 100)})`;
  const [now = "", then = ""] =
    id === undefined ? ["could not be looked at", "could not be looked at"] : words[what];
  const details = [
    rotation ? `successor ${rotation.new.id}, ${rotation.rewritten.length} places` : "",
    ...(rotation?.warnings ?? []),
    problem ? `${problem.message} ${problem.fix}` : "",
  ].filter(Boolean);
  return `${token} ${dry_run ? then : now}${details.length > 0 ? `: ${details.join(" ")}` : "."}`;
}
