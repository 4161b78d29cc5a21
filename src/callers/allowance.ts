/** How much somebody may do: a bucket of so many, that fills again at so many a second. */

export interface Allowance {
  /** Regained each second. */
  perSecond: number;
  /** At once, after some quiet. */
  burst: number;
}

/** As many callers or addresses are remembered; of more the longest unseen is forgotten, which only gives it more. */
const most = 10_000;

export class Allowances {
  readonly #allowance: Allowance;
  readonly #now: () => number;
  readonly #left = new Map<string, { amount: number; at: number }>();

  /** @param now milliseconds, of a clock that is never set back */
  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#now = now;
  }

  /** @returns 0 when it was there and has been taken; otherwise nothing was, and the seconds until it is */
  take(who: string, amount = 1): number {
    const { perSecond, burst } = this.#allowance;
    const at = this.#now();
    const before = this.#left.get(who) ?? { amount: burst, at };
    const left = Math.min(burst, before.amount + ((at - before.at) / 1000) * perSecond);
    // More than there ever is would never be had.
    const wanted = Math.min(amount, burst);
    const isThere = left >= wanted;
    this.#left.delete(who);
    this.#left.set(who, { amount: isThere ? left - wanted : left, at });
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= most) break;
      this.#left.delete(oldest);
    }
    return isThere ? 0 : Math.max(1, Math.ceil((wanted - left) / perSecond));
  }
}

/** What counts as one address: of IPv6 the network, of which everybody has 2^64 addresses. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head.split(":").filter(Boolean);
  const rest = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length);
  return [...groups, ...Array<string>(zeros).fill("0"), ...rest].slice(0, 4).join(":");
}
