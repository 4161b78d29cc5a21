import * as z from "zod";
import type { Context } from "../src/context.ts";
import { Problem } from "../src/problem.ts";
import type { Access, Token } from "../src/providers/provider.ts";
import { accessShape, deploymentShape, tokenShape } from "../src/providers/shapes.ts";
import { tokenBy } from "../src/setup/token-from.ts";
import { usedHere } from "../src/setup/used-here.ts";
import { defineTool } from "../src/tool.ts";

const verdict = z.object({ allowed: z.boolean(), because: z.array(z.string()) });

export const getToken = defineTool({
  name: "get_token",
  title: "Token details",
  description:
    "Show details of one token: its rights and permissions, whether it is still valid and until when, who made it, when it was last used, where it is used here, what it pulled last. Never its value. explain decodes a Fly.io token (from, or made just now) and tells what it can do; access, whether it may do one thing.",
  effect: "read",
  input: z.object({
    id: z.string().min(1).max(200).optional(),
    from: z.string().optional().describe("env:NAME, file:PATH or keychain:NAME, instead of id"),
    explain: z.boolean().optional(),
    access: accessShape.optional().describe("action: read, or letters of rwcdC"),
    provider: z.string().optional(),
  }),
  here: ["from", "explain", "access"],
  elsewhere: {
    description:
      "Show details of one token: its rights and permissions, whether it is still valid and until when, who made it, when it was last used, what it pulled last. Never its value.",
  },
  quiet: ["access.volume", "access.mutation", "access.feature"],
  output: z.object({
    token: tokenShape.optional(),
    delivered_to: z.array(z.string()),
    last_pulls: z.array(deploymentShape.omit({ token_id: true })).optional(),
    explanation: z.array(z.string()).optional(),
    access: z.object({ locally: verdict.optional(), by_issuer: verdict.optional() }).optional(),
  }),
  async run({ id, from, explain, access, provider }, context) {
    if ((id === undefined) === (from === undefined))
      throw new Problem(
        "invalid_input",
        "Which token?",
        "Give its id, which list_tokens shows, or from where it is, and not both.",
        { argument: "id" },
      );
    const words = explain || access || from ? await read(id ?? from ?? "", access, context) : undefined;
    const record = id !== undefined ? await known(id, provider, context) : undefined;
    return { delivered_to: [], ...record, ...words };
  },
  say: ({ token, delivered_to, last_pulls = [], explanation = [], access }) =>
    [
      token ? describe(token) : "",
      ...(delivered_to.length > 0 ? [`Used here by ${delivered_to.join(", ")}.`] : []),
      ...last_pulls.map(
        ({ image, tag, digest, at }) => `Pulled ${image}${tag ? `:${tag}` : ""} (${digest}) at ${at}`,
      ),
      ...explanation,
      access ? judged("By its own words", access.locally, "the number of a name could not be looked up") : "",
      access ? judged("By Fly.io's answer", access.by_issuer, "it could not be asked, or not by number") : "",
    ]
      .filter(Boolean)
      .join("\n"),
});

/** What its issuer and this machine know of it. */
async function known(id: string, named: string | undefined, context: Context) {
  const { tokens, provider } = context.use("tokens", named);
  const token = await tokens.get(id);
  const uses = (await usedHere([token], context)).get(token.id) ?? [];
  const history = token.environment
    ? await provider.environments?.history?.(token.environment, { limit: 50 })
    : undefined;
  return {
    token,
    delivered_to: [...new Set(uses.flatMap(({ where }) => where))],
    ...(history && { last_pulls: history.items.filter((pull) => pull.token_id === id).slice(0, 10) }),
  };
}

/** What the value itself says. */
async function read(reference: string, access: Access | undefined, context: Context) {
  const { restrict } = context.use("restrict");
  const secret = await tokenBy(reference, context);
  const { sentences } = await restrict.explain(secret);
  return { explanation: sentences, ...(access && { access: await restrict.check(secret, access) }) };
}

function describe(token: Token): string {
  return `${token.name} (${token.id}): ${token.status}, ${token.permission}, ${token.scope}${token.environment ? `, environment ${token.environment}` : ""}, user name ${token.username}, made by ${token.created_by} on ${token.created_at}, expires ${token.expires_at ?? "never"}, ${lastUse(token)}.`;
}

/** Only the local registry notes every use. */
function lastUse({ last_used_at, provider }: Token): string {
  if (last_used_at !== undefined) return `last used ${last_used_at}`;
  return provider === "local" ? "never used" : "last use not known";
}

type Verdict = { allowed: boolean; because: readonly string[] } | undefined;

/** @param why what it is when there is none */
function judged(who: string, one: Verdict, why: string): string {
  if (!one) return `${who}: not known (${why}).`;
  return `${who}: ${one.allowed ? "allowed" : "refused"}. ${one.because.join(" ")}`.trim();
}
