/** Who is asking: the contract between the door (authentication) and the rooms behind it (npm, PyPI, OCI, files, management). */
import type { TokenRow } from "./store/schema.ts";

/** A person's key: manages tokens, environments and users; opens no repository. */
export interface Keyholder {
  kind: "key";
  username: string;
  role: "admin" | "developer";
}

/** A token: opens repositories; manages nothing. */
export interface Tokenholder {
  kind: "token";
  username: string;
  token: TokenRow;
}

export type Caller = Keyholder | Tokenholder;

export interface Door {
  /**
   * Who the request comes from, by Bearer or Basic. Unknown, expired and revoked credentials are all the same: 401.
   * For a valid token it also notes that it was used.
   * @param challenge the WWW-Authenticate header of the 401
   * @throws Refusal 401, or 429 after too many failures from one address or for one token
   */
  authenticate(request: Request, challenge: string): Promise<Caller>;
  /**
   * The same for a value that did not come in a header (the OCI token endpoint's form).
   * @throws Refusal 429
   */
  identify(value: string, request: Request): Promise<Caller | undefined>;
  /** Notes for the log who a request comes from that was let in by other means: a session of the page. */
  note(request: Request, caller: Caller): void;
}

/** An answer that is thrown. Each room puts it into the shape that its clients understand. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 416 | 422 | 429 | 502 | 503 | 504;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(
    status: Refusal["status"],
    code: string,
    message: string,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Whether a method changes nothing, whatever it is sent to (of the safe ones of RFC 9110 §9.2.1 those that rooms have). */
export function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/**
 * Whether a caller may read or write packages.
 * @returns the caller's token
 * @throws Refusal 403 `DENIED` for a user's key, and for a read-only token that wants to write
 */
export function allow(caller: Caller, need: "read" | "write"): TokenRow {
  if (caller.kind === "key") {
    throw new Refusal(
      403,
      "DENIED",
      "A user's key opens no repository: mint a token with it (generate_token) and use that.",
    );
  }
  if (need === "write" && caller.token.permission !== "read_write") {
    throw new Refusal(
      403,
      "DENIED",
      "This token is read-only: publishing needs one with the permission read_write.",
    );
  }
  return caller.token;
}
