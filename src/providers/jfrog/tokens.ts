/** Tokens at the platform. There is no `delete`: what has ended the platform forgets by itself. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import { pageOf } from "../page.ts";
import type { IssueRequest, Tokens } from "../provider.ts";
import { Turns } from "../turns.ts";
import { prefix } from "./description.ts";
import { issue } from "./issue.ts";
import { orderOf } from "./order.ts";
import { type Known, tokenById, tokensIn } from "./records.ts";
import { revoke } from "./revoke.ts";
import { settingOf } from "./scopes.ts";

interface Parts {
  /** @throws Problem `not_configured` */
  open: () => Known;
  config: Config;
  /** What is to be known of a value that was made just now. */
  cautions: WeakMap<Secret, readonly string[]>;
}

export function tokensOf({ open, config, cautions }: Parts): Tokens {
  const turns = new Turns();
  return {
    async issue(request) {
      const known = open();
      const order = await orderOf(known.session, request, config, known.now());
      const grant = await turns
        .take(order.mark.call, () => issue(known, order))
        .catch((error) => {
          throw whyNotMade(error, request);
        });
      if (grant.secret) cautions.set(grant.secret, order.cautions);
      return grant;
    },
    async check(request) {
      const { session, now } = open();
      await orderOf(session, request, config, now());
    },
    async list(query) {
      // Only ours have an environment, or a permission that is known.
      const areOurs =
        query.environment !== undefined || (query.permission !== undefined && query.permission !== "custom");
      return pageOf(await tokensIn(open(), areOurs ? prefix() : undefined), query);
    },
    get: (id) => tokenById(open(), id),
    revoke: (id) => revoke(open(), id),
  };
}

/** What the platform's admin allows shows only in what it says when it refuses. */
function whyNotMade(error: unknown, { permission }: IssueRequest): unknown {
  if (!(error instanceof Problem) || !["forbidden", "invalid_input"].includes(error.code)) return error;
  if (/expir/i.test(error.message)) {
    const limit = limitIn(error.message);
    return new Problem(
      error.code,
      error.message,
      `Ask for a shorter life${limit ? `: at most ${limit}` : ""}; the platform's admin sets the limit (token.max-expiry).`,
      { cause: error, ...(limit && { allowed: [limit] }) },
    );
  }
  if (!/scope|permission/i.test(error.message)) return error;
  return new Problem(
    error.code,
    error.message,
    `The credential may not give this scope away. Use one that may, or set ${settingOf(permission)} to what it may give, such as applied-permissions/user.`,
    { cause: error },
  );
}

/** The longest of the lengths of time that are named, without the one that was asked for. */
function limitIn(text: string): string | undefined {
  const [, seconds] = /(?:max\w*|limit|exceed\w*|than)\D*?(\d{2,})/i.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const hours = Number(seconds) / 3600;
  return hours >= 1 ? `${Math.floor(hours)}h` : `${Math.floor(Number(seconds) / 60)}m`;
}
