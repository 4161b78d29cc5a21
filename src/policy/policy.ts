/** WHAT THE OPERATOR ALLOWS. Asked before anything is minted; a refusal names the rule and the nearest that is allowed. */
import type { Permission } from "../providers/provider.ts";

/** A token that somebody wants. */
export interface Wish {
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
  /** Names of the tools to offer; all when absent. */
  tools?: readonly string[] | undefined;
  /**
   * When a token is to expire; `null`: never. Without `text` after 30 days, or sooner where a rule wants that.
   * @throws Problem `invalid_input` for what is no time, `forbidden` beyond the limit
   */
  expiry(text: string | undefined, wish: Wish, now: Date): Date | null;
  /** The longest life of such a token in milliseconds; `undefined`: no limit. */
  longest(wish: Wish): number | undefined;
  /** @throws Problem `forbidden` for a permission, or a lack of reasons, that a rule does not allow */
  permit(wish: Wish): void;
  /** @throws Problem `forbidden` for a delivery that a rule does not allow */
  permitDelivery(to: string): void;
  /** Why a person has to agree before such a token is made or used, as a sentence; `undefined`: nobody has to. */
  asks(wish: Pick<Wish, "environment">): string | undefined;
  /** Whether there is anything that `asks` would ask about. */
  protects: boolean;
  /** The rules, a sentence each, for get_status. */
  sentences(): readonly string[];
}
