import * as z from "zod";
import type { Context } from "../src/context.ts";
import { deliveryShape, destinationOf } from "../src/delivery/destination.ts";
import { lifetime } from "../src/expiry.ts";
import { Problem } from "../src/problem.ts";
import { idempotencyKeyShape, tokenShape } from "../src/providers/shapes.ts";
import type { RotationRequest } from "../src/rotation/begin.ts";
import { defineTool, type Plan } from "../src/tool.ts";

const rotationShape = z.object({
  new: tokenShape.pick({ id: true, name: true, permission: true, expires_at: true }),
  old: tokenShape.pick({ id: true, name: true, status: true }),
  rewritten: z.array(z.object({ where: z.string(), verified: z.boolean() })),
  old_revoked_at: z.string().nullable(),
  old_kept_until: z.string().optional(),
  warnings: z.array(z.string()),
  next: z.string().optional(),
});

const partialShape = rotationShape.partial();

const outcomeShape = partialShape.extend({
  id: z.string(),
  error: z.object({ code: z.string(), message: z.string(), fix: z.string() }).optional(),
});

const inputShape = z.object({
  id: z.string().min(1).max(200).optional(),
  expires_within: z.string().optional().describe("Such as 7d, instead of id"),
  environment: z.string().optional(),
  expires: z.string().optional().describe("Default: as long as before"),
  keep_old_for: z.string().optional().describe("Such as 24h"),
  ...deliveryShape,
  deliver_to: deliveryShape.deliver_to.unwrap().optional(),
  // Each of several has its id behind it.
  idempotency_key: idempotencyKeyShape(150).optional(),
  reason: z.string().max(300).optional(),
  provider: z.string().optional(),
});

/** In one call; each may take several requests. */
const most = 20;

export const rotateToken = defineTool({
  name: "rotate_token",
  title: "Rotate tokens",
  description:
    "Replace, renew, refresh or swap a token, or all that expire soon, for a fresh one with the same rights: it is put in every package manager, file and secret on record here and tried, all or none; then the old one is revoked, at once or after keep_old_for.",
  effect: "destroy",
  input: inputShape,
  here: [
    "expires_within",
    "environment",
    "deliver_path",
    "deliver_name",
    "deliver_in",
    "deliver_git",
    "kubernetes",
  ],
  elsewhere: {
    description:
      "Replace, renew, refresh or swap a token before it expires, for a fresh one with the same rights, which is shown once; the old one is revoked a day later, or after keep_old_for. One that is in use where this server runs is rotated there.",
    quiet: ["deliver_to"],
  },
  quiet: ["idempotency_key", "deliver_path", "deliver_name", "deliver_in", "deliver_git", "kubernetes"],
  output: partialShape.extend({
    show_once_warning: z.string().optional(),
    credential: z.object({ username: z.string(), token: z.string() }).optional(),
    rotations: z.array(outcomeShape).optional(),
  }),
  // What rotates is loaded when it is first needed: the start of the server must not pay for it.
  async plan(input, context): Promise<Plan | undefined> {
    const ids = await idsOf(input, context);
    const { planFor } = await import("../src/rotation/plan.ts");
    return planFor(ids, wishOf(input, context), context);
  },
  async run(input, context, plan) {
    const { rotate } = await import("../src/rotation/rotate.ts");
    const ids = plan?.ids ?? (await idsOf(input, context));
    const wish = { ...wishOf(input, context), agreed: plan !== undefined };
    if (input.id !== undefined) {
      const { credential, ...rotation } = await rotate(input.id, wish, context);
      return {
        ...rotation,
        ...(credential && { credential, show_once_warning: shownOnce }),
      };
    }
    const rotations = [];
    for (const id of ids) {
      // Each by itself: one that cannot be rotated must not keep the others from it.
      const key = wish.idempotency_key;
      const one = { ...wish, ...(key !== undefined && { idempotency_key: `${key}:${id}` }) };
      rotations.push(
        await rotate(id, one, context).then(
          (rotation) => ({ id, ...rotation }),
          (error: unknown) => ({ id, ...refusalOf(error) }),
        ),
      );
    }
    return { rotations };
  },
  async lost({ credential, old, new: successor }, { provider }, context) {
    if (!credential || !old || !successor) return;
    const { id } = context.use("tokens", provider).provider;
    const { abandon } = await import("../src/rotation/hand-over.ts");
    await abandon(id, String(old.id), String(successor.id), context);
  },
  concerns: ({ id }, output) => [
    ...(id === undefined ? [] : [id]),
    ...[output, ...(output?.rotations ?? [])].flatMap((one) =>
      [one?.old?.id, one?.new?.id].flatMap((found) => (found === undefined ? [] : [String(found)])),
    ),
  ],
  say({ rotations, show_once_warning, ...single }) {
    if (!rotations)
      return [show_once_warning, ...linesOf(single), single.credential ? "The value follows." : ""]
        .filter(Boolean)
        .join("\n");
    if (rotations.length === 0) return "No token that is used here expires that soon.";
    return rotations
      .flatMap(({ id, error, ...one }) =>
        error ? [`${id}: NOT rotated. ${error.message} ${error.fix}`] : linesOf(one),
      )
      .join("\n");
  },
});

const shownOnce =
  "The new value is shown now and never again. Put it where the old one is used before the old one is revoked.";

/** @throws Problem `invalid_input` for a destination without a delivery */
function wishOf(input: z.output<typeof inputShape>, { remote }: Context): RotationRequest {
  const { expires, keep_old_for, idempotency_key, reason, provider } = input;
  // Who calls from another machine has no place on this one.
  const deliver_to = input.deliver_to ?? (remote ? "inline" : undefined);
  const stranger = Object.keys(deliveryShape).find(
    (key) => key !== "deliver_to" && input[key as keyof typeof input] !== undefined,
  );
  if (deliver_to === undefined && stranger !== undefined)
    throw new Problem(
      "invalid_input",
      `${stranger} means nothing without deliver_to.`,
      "Call again with deliver_to, or without it: the places on record are rewritten in any case.",
      { argument: stranger },
    );
  return {
    expires,
    keep_old_for,
    idempotency_key,
    reason,
    provider,
    deliver_to,
    destination: destinationOf(input),
  };
}

/** @throws Problem `invalid_input`, `not_found` */
async function idsOf(
  { id, expires_within, environment, provider, deliver_to }: z.output<typeof inputShape>,
  context: Context,
): Promise<string[]> {
  if ((id === undefined) === (expires_within === undefined))
    throw new Problem(
      "invalid_input",
      "Which token?",
      "Give its id, which list_tokens shows, or expires_within for all that end soon, and not both.",
      { argument: "id" },
    );
  if (id !== undefined) return [id];
  if (deliver_to !== undefined)
    throw new Problem("invalid_input", "deliver_to is for one token.", "Rotate that one by its id.");
  const expires_before = new Date(context.now().getTime() + lifetime(expires_within ?? ""));
  const { tokens } = context.use("tokens", provider);
  const page = await tokens.list({ expires_before, environment, sort: "expires_at", limit: most + 1 });
  if (page.items.length > most)
    throw new Problem(
      "invalid_input",
      `More than ${most} tokens expire that soon.`,
      "Give a shorter expires_within, or an environment.",
    );
  if (page.items.length === 0)
    throw new Problem(
      "not_found",
      "No active token expires that soon.",
      "list_tokens with expires_within shows what does.",
    );
  return page.items.map((token) => token.id);
}

function refusalOf(error: unknown) {
  if (!(error instanceof Problem)) throw error;
  const { code, message, fix } = error;
  return { error: { code, message, fix } };
}

function linesOf({
  old,
  new: successor,
  rewritten = [],
  old_revoked_at,
  old_kept_until,
  warnings = [],
  next,
}: z.output<typeof partialShape>): string[] {
  return [
    `${old?.name} (${old?.id}) has a successor, ${successor?.id}, which expires ${successor?.expires_at ?? "never"}.`,
    ...rewritten.map(
      ({ where, verified }) =>
        `  ${where}: rewritten${verified ? " and tried" : "; nobody can read it back"}`,
    ),
    old_revoked_at
      ? `The old one was revoked at ${old_revoked_at}.`
      : `The old one lives${old_kept_until ? ` until ${old_kept_until}; then \`fly-tokens rotate-due\` or rotate_token revokes it` : ""}.`,
    ...warnings.map((warning) => `Note: ${warning}`),
    ...(next ? [next] : []),
  ];
}
