/** What goes wrong on demand, at the place a test names. */

export type Fault =
  /** A gateway gives up: before the work is done, or after it. The caller sees no difference. */
  | { kind: "502-before-commit" }
  | { kind: "502-after-commit" }
  /** The connection ends without an answer. */
  | { kind: "cut-before-commit" }
  | { kind: "cut-after-commit" }
  /** It stays open and nothing comes. */
  | { kind: "hang-before-commit" }
  | { kind: "hang-after-commit" }
  /** A gateway's HTML page instead of the API. */
  | { kind: "gateway-403" }
  /** The same with status 200, as a page to log in is. */
  | { kind: "html-200" }
  /** Seconds, or a date as HTTP writes it; absent: without the header. */
  | { kind: "429"; retryAfter?: number | string }
  /** The Access service's own fault, in its own form. */
  | { kind: "500" }
  | { kind: "503"; retryAfter?: number | string }
  | { kind: "redirect"; location: string }
  | { kind: "slow"; milliseconds: number }
  /** Anything else; nothing is done. */
  | { kind: "answer"; status: number; body?: unknown; headers?: Record<string, string> };

interface Pending {
  target: string;
  fault: Fault;
  left: number;
}

export interface Faults {
  /**
   * @param target an `operationId` of openapi/jfrog-access.yaml (`createToken`), the path of a request, a method and a
   *   path (`DELETE /access/api/v1/tokens/me`), or `*`
   */
  next(target: string, fault: Fault, times?: number): void;
  /** Until `clear`. */
  always(target: string, fault: Fault): void;
  clear(): void;
}

export interface FaultBook extends Faults {
  /** The oldest fault that is meant for one of these, used up by one. */
  take(targets: readonly (string | undefined)[]): Fault | undefined;
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
    take(targets) {
      const one = pending.find(
        ({ target, left }) => left > 0 && (target === "*" || targets.includes(target)),
      );
      if (one) one.left -= 1;
      return one?.fault;
    },
  };
}
