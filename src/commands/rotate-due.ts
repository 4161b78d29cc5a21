import { createContext } from "../context.ts";
import { lifetime } from "../expiry.ts";
import { quote } from "../problem.ts";
import { type DueOutcome, rotateDue } from "../rotation/due.ts";
import { redact } from "../secret.ts";
import type { Command } from "./command.ts";

/** Nobody is asked: whoever writes this into a crontab has agreed to it. Protected environments are left to a person. */
export const command: Command = {
  about: "Rotate what expires soon, and end what was kept; for cron",
  flags: {
    within: { type: "string" },
    "keep-old-for": { type: "string" },
    "dry-run": { type: "boolean" },
  },
  async run({ config, seams, flags }) {
    const context = createContext(config, seams);
    const within = lifetime(typeof flags.within === "string" ? flags.within : "7d");
    const keep = flags["keep-old-for"];
    const dry_run = flags["dry-run"] === true;
    let [done, failed] = [0, 0];
    try {
      for await (const outcome of rotateDue(
        { within, keep_old_for: typeof keep === "string" ? keep : undefined, dry_run },
        context,
      )) {
        if (outcome.what === "failed") failed += 1;
        else if (outcome.what !== "skipped") done += 1;
        process.stdout.write(`${redact(lineOf(outcome, dry_run))}\n`);
      }
    } finally {
      await context.close();
    }
    if (done + failed === 0) process.stdout.write("Nothing is due.\n");
    return failed > 0 ? 1 : 0;
  },
};

const words = {
  rotated: ["was rotated", "would be rotated"],
  carried_on: ["was rotated; an earlier attempt had been interrupted", "would be carried on"],
  ended: ["was revoked; its successor is in its place", "would be revoked"],
  skipped: ["was left alone", "would be left alone"],
  failed: ["was NOT rotated", "could NOT be rotated"],
};

function lineOf({ provider, id, name, what, rotation, problem }: DueOutcome, dry_run: boolean): string {
  const token = id === undefined ? provider : `${provider} ${quote(name ?? "", 100)} (${quote(id, 100)})`;
  const [now = "", then = ""] = words[what];
  const details = [
    rotation ? `successor ${rotation.new.id}, ${rotation.rewritten.length} places` : "",
    ...(rotation?.warnings ?? []),
    problem ? `${problem.message} ${problem.fix}` : "",
  ].filter(Boolean);
  return `${token} ${dry_run ? then : now}${details.length > 0 ? `: ${details.join(" ")}` : "."}`;
}
