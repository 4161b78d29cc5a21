/** Settings and file as one policy, in which the strictest of all rules holds. */
import type { Config } from "../config.ts";
import { expiresAt, inWords, type Limit, lifetime, refuseBeyond } from "../expiry.ts";
import { Problem, quote } from "../problem.ts";
import type { PolicyFile } from "./file.ts";
import { limitOf, permit, permitDelivery } from "./limits.ts";
import { type Part, partsFor } from "./part.ts";
import type { Policy, Wish } from "./policy.ts";
import { sentencesOf } from "./sentences.ts";

type Settings = Pick<Config, "inline_secrets" | "confirm" | "read_only" | "tools" | "max_expiry">;

const usual = lifetime("30d");
/** By which the clock may have been put back between the question and the answer. */
const tolerance = 60_000;
/** From the least strict on. */
const ranks = ["never", "auto", "always"] as const;

/** @param file the operator's, where there is one */
export function policyOf(settings: Settings, file?: PolicyFile): Policy {
  const parts = [partOf(settings), ...(file?.parts ?? [])];
  const limit = (wish: Wish): Limit | undefined => limitOf(parts, wish);
  const guards = (environment: string | undefined) =>
    partsFor(parts, environment).find((part) => part.protected);
  const { confirm } = settings;
  return {
    inline_secrets: file?.inline_secrets === "deny" ? "deny" : settings.inline_secrets,
    confirm: file?.confirm && ranks.indexOf(file.confirm) > ranks.indexOf(confirm) ? file.confirm : confirm,
    read_only: settings.read_only || file?.read_only === true,
    ruleOf(member) {
      const isSet = settings[member] === this[member];
      return isSet || !file
        ? `FLY_TOKENS_${member.toUpperCase()}=${this[member]}`
        : `${member} in ${file.path}`;
    },
    tools: (all) =>
      toolsOf(all, [
        { rule: "FLY_TOKENS_TOOLS", names: settings.tools },
        { rule: `tools in ${file?.path}`, names: file?.tools },
      ]),
    expiry(text, wish, now) {
      const most = limit(wish);
      return expiresAt(text ?? inWords(Math.min(usual, most?.longest ?? usual)), now, most);
    },
    limit,
    longest: (wish) => limit(wish)?.longest,
    permit: (wish) => permit(parts, wish),
    permitEnd: (end, wish, now) => refuseBeyond(limit(wish), end, new Date(now.getTime() + tolerance)),
    permitDelivery: (to, environment) => permitDelivery(parts, to, environment),
    asks({ environment }) {
      const rule = guards(environment)?.rule("protected");
      return rule && `${environment} is a protected environment (${rule}).`;
    },
    protects: parts.some((part) => part.protected),
    sentences: () => (file ? sentencesOf(file) : []),
  };
}

function partOf({ max_expiry }: Settings): Part {
  const limit = max_expiry === undefined ? undefined : { longest: max_expiry, rule: "FLY_TOKENS_MAX_EXPIRY" };
  return {
    rule: (member) => `FLY_TOKENS_${member.toUpperCase()}`,
    max_expiry: limit ? { read_only: limit, read_write: limit } : {},
    protected: false,
  };
}

/** Those that are on every list. */
function toolsOf(
  all: readonly string[],
  lists: readonly { rule: string; names: readonly string[] | undefined }[],
): readonly string[] {
  for (const { rule, names } of lists) {
    const stranger = names?.find((name) => !all.includes(name));
    if (stranger !== undefined)
      throw new Problem(
        "not_configured",
        `A tool that does not exist is named by ${rule}: ${quote(stranger, 40)}.`,
        `Use some of: ${all.join(", ")}.`,
        { allowed: all },
      );
  }
  return all.filter((tool) => lists.every(({ names }) => names?.includes(tool) ?? true));
}
