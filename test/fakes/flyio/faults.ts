/** What goes wrong on demand, at the place a test names. */

export type Fault =
  /** A gateway gives up: before the work is done, or after it. The caller sees no difference. */
  | { kind: "502-before-commit" }
  | { kind: "502-after-commit" }
  /** The connection ends without an answer. */
  | { kind: "cut-before-commit" }
  | { kind: "cut-after-commit" }
  /** A gateway's HTML page instead of the API. */
  | { kind: "gateway-403" }
  | { kind: "429"; retryAfter: number }
  | { kind: "slow"; milliseconds: number }
  /** An error by the API itself, with HTTP 200. */
  | { kind: "graphql-error"; message: string; code?: string }
  /** UNAUTHORIZED for whoever came with a macaroon; others do not use it up. */
  | { kind: "unauthorized-macaroon" }
  /** Nulls among the nodes of every list. */
  | { kind: "null-nodes" };

interface Pending {
  target: string;
  fault: Fault;
  left: number;
}

export interface Faults {
  /**
   * @param target the name of a GraphQL field or operation that a request holds, the path of a request
   *   (`/v1/tokens/authorize`, `/graphql`), or `*`
   */
  next(target: string, fault: Fault, times?: number): void;
  /** Until `clear`. */
  always(target: string, fault: Fault): void;
  clear(): void;
}

export interface FaultBook extends Faults {
  /** The oldest fault that is meant for one of these, used up by one. */
  take(targets: readonly string[], macaroon: boolean): Fault | undefined;
}

export function createFaults(): FaultBook {
  let pending: Pending[] = [];
  const next = (target: string, fault: Fault, times = 1): void => {
    pending.push({ target, fault, left: times });
  };
  return {
    next,
    always: (target, fault) => next(target, fault, Number.POSITIVE_INFINITY),
    clear() {
      pending = [];
    },
    take(targets, macaroon) {
      const one = pending.find(
        ({ target, fault, left }) =>
          left > 0 &&
          (target === "*" || targets.includes(target)) &&
          (macaroon || fault.kind !== "unauthorized-macaroon"),
      );
      if (one) one.left -= 1;
      return one?.fault;
    },
  };
}
