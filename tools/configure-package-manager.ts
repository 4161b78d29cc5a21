import * as z from "zod";
import type { Context } from "../src/context.ts";
import { wishOf } from "../src/minting.ts";
import { absolute } from "../src/path.ts";
import { Problem } from "../src/problem.ts";
import { flyioRequestShape, tokenShape } from "../src/providers/shapes.ts";
import { chooseManagers } from "../src/setup/choose.ts";
import { nameFor } from "../src/setup/credential.ts";
import { placeFor } from "../src/setup/place.ts";
import { setUp } from "../src/setup/setup.ts";
import { planFor } from "../src/token-plan.ts";
import { defineTool } from "../src/tool.ts";

const inputShape = z.object({
  manager: z.string().describe("npm, several with commas, or auto: what project_dir uses"),
  scope: z.enum(["user", "project"]).default("user"),
  project_dir: z.string().optional(),
  permission: z
    .enum(["read_only", "read_write"])
    .default("read_only")
    .describe("read_write to publish or push"),
  expires: z.string().optional().describe("Default 30d"),
  environment: z.string().optional(),
  token_id: z.string().optional().describe("One made just now"),
  token_from: z.string().optional().describe("env:NAME, file:PATH or keychain:NAME"),
  npm_scope: z.string().optional().describe("Such as @acme"),
  secret_style: z
    .enum(["value", "reference", "helper"])
    .optional()
    .describe("reference: a variable or netrc holds it; helper: our own store"),
  flyio: flyioRequestShape.pick({ app: true, org: true }).optional(),
  reason: z.string().min(1).max(300).optional(),
  provider: z.string().optional(),
  dry_run: z.boolean().default(false),
  verify: z.boolean().default(true),
});

/** Which package managers are meant, and where. @throws Problem for what they cannot do */
async function chosen(
  { manager, scope, project_dir, ...request }: z.output<typeof inputShape>,
  context: Context,
) {
  const place = placeFor(context, scope, project_dir);
  const folder = absolute(project_dir ?? ".", context);
  const managers = await chooseManagers(manager, place, folder, context, request);
  const { secret_style: style } = request;
  const without = managers.find(({ styles }) => style && !styles.includes(style));
  if (without)
    throw new Problem(
      "unsupported",
      `${without.title} cannot use the secret style ${style}.`,
      `Use ${without.styles.join(" or ")}, or leave it out.`,
      { allowed: without.styles },
    );
  if (request.npm_scope !== undefined && !managers.some(({ ecosystem }) => ecosystem === "npm"))
    throw new Problem(
      "invalid_input",
      `npm_scope means nothing to ${managers.map(({ title }) => title).join(", ")}.`,
      "Leave it out.",
    );
  return { managers, place, request };
}

/** For callers on other machines: what they would do themselves. */
export const told = defineTool({
  name: "configure_package_manager",
  title: "Set up package managers",
  description:
    "Set up or connect npm, pnpm, yarn, pip, docker, maven, gradle, cargo, helm and others on the user's machine to install from our registry, publish or push: tells the lines for each file such as .npmrc, with YOUR_TOKEN in place of the token, the login command, and the request that proves it. Writes and mints nothing.",
  effect: "read",
  input: inputShape.extend({
    manager: z.string().describe("npm, several with commas"),
    secret_style: z
      .enum(["value", "reference"])
      .optional()
      .describe("reference: a variable or netrc holds it"),
  }),
  quiet: ["dry_run", "reason"],
  output: z.object({
    managers: z.array(z.string()),
    changes: z.array(z.object({ path: z.string(), snippet: z.string() })),
    warnings: z.array(z.string()),
    steps: z.array(z.string()),
  }),
  async run(input, context) {
    const { setUpElsewhere } = await import("../src/setup/elsewhere.ts");
    const { managers, request } = await chosen(input, context);
    const { changes, warnings, steps } = await setUpElsewhere(managers, input.scope, request, context);
    return { managers: managers.map(({ id }) => id), changes, warnings, steps };
  },
  say: ({ managers, changes, warnings, steps }) =>
    [
      `For ${managers.join(", ")} on the user's machine; nothing was written or minted.`,
      ...changes.map(({ path, snippet }) => `${path}\n${snippet}`),
      ...warnings.map((warning) => `Note: ${warning}`),
      ...steps.map((step, index) => `${index + 1}. ${step}`),
    ].join("\n"),
});

export const configurePackageManager = defineTool({
  name: "configure_package_manager",
  title: "Set up package managers",
  description:
    "Set up or connect npm, pnpm, yarn, pip, docker, maven, gradle, cargo, helm and others to install from the registry, publish or push: mints a token, logs in, edits one entry of a file such as .npmrc, and verifies with a real request; all or nothing. Never shows the token.",
  effect: "write",
  input: inputShape,
  here: ["project_dir", "token_id", "token_from"],
  elsewhere: told,
  quiet: ["verify"],
  output: z.object({
    managers: z.array(z.string()),
    token: tokenShape.pick({ id: true, name: true, permission: true, expires_at: true }).optional(),
    changes: z.array(z.object({ path: z.string(), diff: z.string(), backup: z.string().optional() })),
    verified: z.object({ ok: z.boolean(), as: z.string().optional(), request: z.string() }).optional(),
    warnings: z.array(z.string()),
    restore_id: z.string().optional(),
  }),
  async plan(input, context) {
    const { environment = "", permission, expires, reason } = input;
    const why = context.policy.asks(input);
    if (why === undefined || input.dry_run) return undefined;
    const { managers, place, request } = await chosen(input, context);
    // Whatever would be refused is refused before anybody is asked.
    const { token, changes } = await setUp(managers, place, { ...request, dry_run: true }, context);
    if (token) return undefined;
    const { tokens, provider } = context.use("tokens", request);
    const now = context.now();
    const expires_at = context.policy.expiry(expires, wishOf(tokens, request), now);
    const name = nameFor(managers, context);
    const goes = [name, ...changes.map(({ path }) => path)].join(", ");
    const issuer = provider.title;
    return planFor({ why, name, permission, environment, issuer, expires, expires_at, now, goes, reason });
  },
  async run(input, context, agreed) {
    const { managers, place, request } = await chosen(input, context);
    const { verified, ...outcome } = await setUp(
      managers,
      place,
      { ...request, agreed: agreed !== undefined },
      context,
    );
    return {
      managers: managers.map(({ id }) => id),
      ...outcome,
      ...(verified && {
        verified: {
          ok: true,
          as: verified.find((one) => one.as)?.as,
          request: verified.map((one) => one.request).join(", "),
        },
      }),
    };
  },
  concerns: ({ token_id }, output) => [output?.token?.id ?? token_id ?? []].flat().map(String),
  say({ managers, token, changes, verified, warnings, restore_id }) {
    const diffs = changes.map(({ path, diff }) => `${path}\n${diff}`);
    return [
      restore_id
        ? `Done: ${managers.join(", ")}. Undo with restore_package_manager, restore_id ${restore_id}.`
        : changes.length > 0
          ? "This is what would change; nothing was written."
          : "Nothing had to be changed.",
      token
        ? `Token ${token.name} (${token.id}): ${token.permission}, expires ${token.expires_at ?? "never"}.`
        : "",
      ...diffs,
      verified ? `Verified: ${verified.request} answered${verified.as ? ` for ${verified.as}` : ""}.` : "",
      ...warnings.map((warning) => `Note: ${warning}`),
    ]
      .filter(Boolean)
      .join("\n");
  },
});
