/**
 * WHAT THE OPERATOR ALLOWS: settings, and a file that no tool writes. Asked before anything is minted; a refusal names
 * the rule and the nearest that is allowed. Of several rules for one thing the strictest holds, wherever it stands.
 */
import type { Limit } from "../expiry.ts";
import type { Permission } from "../providers/provider.ts";

/** A token that somebody wants. */
export interface Wish {
  /** `custom` counts as `read_write`: nobody can say that it is less. */
  permission: Permission;
  environment?: string | undefined;
  /** What it is for, in the words of who asks. */
  reason?: string | undefined;
}

export interface Policy {
  /** Whether a tool's result may show a new token. */
  inline_secrets: "allow" | "deny";
  confirm: "auto" | "always" | "never";
  read_only: boolean;
  /** Where one of these three comes from, for people. */
  ruleOf(member: "inline_secrets" | "confirm" | "read_only"): string;
  /**
   * Which tools to offer.
   * @param all the names of those that there are
   * @throws Problem `not_configured` when a rule names another one
   */
  tools(all: readonly string[]): readonly string[];
  /**
   * When a token is to expire; `null`: never. Without `text` after 30 days, or sooner where a rule wants that.
   * @throws Problem `invalid_input` for what is no time, `forbidden` beyond the limit
   */
  expiry(text: string | undefined, wish: Wish, now: Date): Date | null;
  /** The longest life of such a token, and which rule says so; `undefined`: no limit. */
  limit(wish: Wish): Limit | undefined;
  /** The same in milliseconds alone. */
  longest(wish: Wish): number | undefined;
  /** @throws Problem `forbidden` for a permission, or a lack of reasons, that a rule does not allow */
  permit(wish: Wish): void;
  /** @param end `null`: never @throws Problem `forbidden` beyond the limit */
  permitEnd(end: Date | null, wish: Wish, now: Date): void;
  /**
   * @param environment of the token, if it has one
   * @throws Problem `forbidden` for a delivery that a rule does not allow
   */
  permitDelivery(to: string, environment?: string): void;
  /** Why a person has to agree before such a token is made, as a sentence; `undefined`: nobody has to. */
  asks(wish: Pick<Wish, "environment">): string | undefined;
  /** Whether there is anything that `asks` would ask about. */
  protects: boolean;
  /** The rules of the file, a sentence each, for get_status. */
  sentences(): readonly string[];
}
