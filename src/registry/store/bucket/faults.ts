/** What a bucket answers instead of what was asked for. The SDK's own errors go no further: they quote signatures and keys. */
import { Refusal } from "../../caller.ts";

/** It cannot be asked at the moment: never "unknown", which would be a wrong answer. */
export class BucketAway extends Refusal {
  /** A code of node's or S3's: `ECONNREFUSED`, `SlowDown`. */
  readonly reason: string;

  constructor(reason: string) {
    super(503, "UNAVAILABLE", "The registry's bucket does not answer; try again in a moment.", {
      "retry-after": "2",
    });
    this.reason = reason;
  }
}

/** It says no, and will do so again: the operator has to change something. */
export class BucketFault extends Error {
  override readonly name = "BucketFault";
  /** S3's code (`AccessDenied`), or the name of the SDK's error; empty where an answer has no body to say it in. */
  readonly reason: string;
  readonly status: number | undefined;

  /** @param doing what was asked for, in the form "write" */
  constructor(doing: string, reason: string, status: number | undefined) {
    super(`The bucket did not let the registry ${doing} (${[reason, status].filter(Boolean).join(", ")}).`);
    this.reason = reason;
    this.status = status;
  }
}

/** @param error of the SDK or of node */
export function faultOf(doing: string, error: unknown): BucketAway | BucketFault {
  const { name, code, $metadata, $response } = error as Partial<{
    name: string;
    code: string;
    $metadata: { httpStatusCode?: number };
    $response: { statusCode?: number };
  }>;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const [reason = ""] = /^(?!Unknown)[\w.-]{1,60}$/.exec(code ?? name ?? "") ?? [];
  return isOutage(reason, status) ? new BucketAway(reason) : new BucketFault(doing, reason, status);
}

function isOutage(reason: string, status: number | undefined): boolean {
  if (status !== undefined && (status >= 500 || status === 429)) return true;
  return (
    /^(E[A-Z_]{3,}|ERR_(STREAM|SSL|TLS|SOCKET|HTTP)\w*|CERT_\w+|\w+_CERT\w*|\w*SIGNED\w*)$/.test(reason) ||
    /^(TimeoutError|AbortError|RequestTimeout|RequestTimeoutException|SlowDown|Throttling\w*)$/.test(reason)
  );
}
