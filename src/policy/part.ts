/** Rules that stand together: in the settings, at the top of the file, or under an environment of it. */
import type { Limit } from "../expiry.ts";
import type { Wish } from "./policy.ts";

/** The permissions that rules tell apart. */
export type Permitted = "read_only" | "read_write";

export interface Part {
  /** Which environment's tokens they are about; `*`: those of every one; `undefined`: all tokens. */
  environment?: string | undefined;
  /** Where a member of it stands, for people. */
  rule(member: string): string;
  max_expiry: Partial<Record<Permitted, Limit>>;
  permissions?: readonly Permitted[] | undefined;
  deliveries?: readonly string[] | undefined;
  protected: boolean;
}

/** Those that bind a token. One that names its environment is bound by what is said of it, of every one, and of all. */
export function partsFor(parts: readonly Part[], named: string | undefined): readonly Part[] {
  // However an issuer may read the name: whoever writes it in another way gets round nothing.
  const wanted = named?.trim().toLowerCase();
  return parts.filter(
    ({ environment }) =>
      environment === undefined || (wanted !== undefined && (environment === "*" || environment === wanted)),
  );
}

/** What nobody can say is less than writing counts as that. */
export function permitted({ permission }: Pick<Wish, "permission">): Permitted {
  return permission === "read_only" ? permission : "read_write";
}
