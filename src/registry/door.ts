/**
 * Authentication. Laws: a credential that is not valid is never told apart from one that does not exist; nothing is
 * looked up whose checksum is wrong; a valid credential is served however many others failed from the same address.
 */
import { type Caller, type Door, Refusal } from "./caller.ts";
import { credentialKind, hashOf } from "./credential.ts";
import type { RegistryDatabase } from "./store/database.ts";
import type { TokenRow } from "./store/schema.ts";
import { Throttle } from "./throttle.ts";
import { statusOf } from "./tokens.ts";

/** What is known of a request besides itself: for the rate limit and the log. */
export interface Visit {
  address: string;
  caller?: Caller;
}

const limits = { failures: 20, window: 60_000, keys: 10_000 };
/** Milliseconds: how exact `last_used_at` is. It spares a durable write for every request. */
const useInterval = 60_000;

interface Presented {
  value: string;
  /** The user name of Basic. */
  username?: string;
}

/**
 * @param visits filled by the service for each request that it lets in
 */
export function openDoor(db: RegistryDatabase, now: () => Date, visits: WeakMap<Request, Visit>): Door {
  const throttle = new Throttle(limits);

  async function find({ value, username }: Presented): Promise<Caller | undefined> {
    const kind = credentialKind(value);
    if (!kind) return undefined;
    const caller = await (kind === "token" ? findToken(hashOf(value)) : findKey(hashOf(value)));
    const matches =
      username === undefined ||
      username === caller?.username ||
      (username === "__token__" && kind === "token");
    return matches ? caller : undefined;
  }

  async function findToken(hash: string): Promise<Caller | undefined> {
    const token = await db.lookup.token(hash);
    if (!token || statusOf(token, now()) !== "active") return undefined;
    return { kind: "token", username: token.username, token };
  }

  async function findKey(hash: string): Promise<Caller | undefined> {
    const user = await db.lookup.user(hash);
    return user && { kind: "key", username: user.name, role: user.role };
  }

  async function noteUse(token: TokenRow): Promise<void> {
    const at = now().getTime();
    if (token.last_used_at !== null && at - token.last_used_at < useInterval) return;
    // Of many requests at once that find it old, all but one find here that it no longer is.
    await db
      .updateTable("tokens")
      .set({ last_used_at: at })
      .where("id", "=", token.id)
      .where((is) => is.or([is("last_used_at", "is", null), is("last_used_at", "<=", at - useInterval)]))
      .execute();
  }

  /** @returns the caller; `undefined` when the credential is not valid @throws Refusal 429 */
  async function admit(presented: Presented, request: Request): Promise<Caller | undefined> {
    const visit = visits.get(request) ?? { address: "" };
    const caller = await find(presented);
    if (caller) {
      visit.caller = caller;
      if (caller.kind === "token") await noteUse(caller.token);
      return caller;
    }
    const time = now().getTime();
    const wait = Math.max(
      throttle.fail(`address ${visit.address}`, time),
      throttle.fail(hashOf(presented.value), time),
    );
    if (wait > 0) {
      throw new Refusal(429, "TOOMANYREQUESTS", "Too many failed log-ins; wait a minute.", {
        "retry-after": `${wait}`,
      });
    }
    return undefined;
  }

  return {
    async authenticate(request, challenge) {
      const header = request.headers.get("authorization");
      const caller = header ? await admit(presentedIn(header), request) : undefined;
      if (caller) return caller;
      const message = header ? "The credential is unknown, expired or revoked." : "A credential is needed.";
      throw new Refusal(401, "UNAUTHORIZED", message, { "www-authenticate": challenge });
    },
    identify: (value, request) => admit({ value }, request),
    note(request, caller) {
      const visit = visits.get(request);
      if (visit) visit.caller = caller;
    },
  };
}

/** Bearer (RFC 6750) or Basic (RFC 7617, UTF-8). Anything else is a credential that cannot be valid. */
function presentedIn(header: string): Presented {
  const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  if (scheme.toLowerCase() === "bearer") return { value };
  if (scheme.toLowerCase() !== "basic") return { value: "" };
  const pair = Buffer.from(value, "base64").toString();
  const colon = pair.indexOf(":");
  return { username: pair.slice(0, Math.max(colon, 0)), value: pair.slice(colon + 1) };
}
