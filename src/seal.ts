/**
 * What a caller is given to bring back, so that nothing has to be remembered between two calls: encrypted and
 * authenticated with the operator's key, which all replicas have. Whoever holds it can neither read nor change it, nor
 * use it for another purpose or as somebody else.
 *
 * AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits and the whole tag of 128. For each purpose the key is
 * derived from the operator's by HKDF with SHA-256 (RFC 5869): that key must be random, since HKDF makes no password
 * slow to guess. SP 800-38D, 8.3, allows 2^32 seals with random nonces under one key, so the operator's key is good for
 * four billion of each purpose: a hundred a second for a year and four months. With a new key what is under way is worth
 * nothing; the caller asks again.
 *
 *     text      = base64url(version ‖ nonce ‖ ciphertext ‖ tag)
 *     plaintext = form ‖ until ‖ body             until: milliseconds since 1970, 48 bits
 *     authenticated besides = JSON [version, purpose, …bound]
 *
 * The body is JSON, deflated where that is shorter. Compressing gives nothing away here: whoever gets the seal knows
 * what is in it, as they were shown it in the same answer.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { parseJson } from "./json.ts";
import { Secret } from "./secret.ts";

const cipher = "aes-256-gcm";
const version = 1;
const lengths = { key: 32, nonce: 12, tag: 16, head: 7 };

/** Bytes of a body; what is longer is not sealed, and nothing that inflates to more is opened. */
const longest = 256 * 1024;

const forms = { plain: 0, deflated: 1 };

export interface Bound {
  /** Keys of one purpose open nothing of another. */
  purpose: string;
  /** What has to be the same when it is opened, such as the caller. It is not in the seal. */
  to?: readonly (string | undefined)[];
}

export interface Opened {
  value: unknown;
  /** Random, of this seal alone: by which it is used once. */
  id: string;
  /** Until when it was good, in milliseconds since 1970. */
  until: number;
}

export class Seal {
  readonly #key: Secret | Buffer;
  readonly #derived = new Map<string, Buffer>();

  /** @param key the operator's, at least 32 random characters or bytes; by default one that ends with this process */
  constructor(key: Secret | Buffer = randomBytes(lengths.key)) {
    this.#key = key;
  }

  /**
   * @param value JSON
   * @param until milliseconds since 1970
   * @returns base64url
   * @throws RangeError for a value that is too long, or a time that is none
   */
  seal(value: unknown, until: number, { purpose, to = [] }: Bound): string {
    const json = Buffer.from(JSON.stringify(value));
    if (json.length > longest) throw new RangeError("Too long to be sealed.");
    if (!Number.isSafeInteger(until)) throw new RangeError("Not a moment.");
    const deflated = deflateRawSync(json, { level: 9 });
    const isShorter = deflated.length < json.length;
    const head = Buffer.alloc(lengths.head);
    head.writeUInt8(isShorter ? forms.deflated : forms.plain);
    head.writeUIntBE(until, 1, 6);
    const nonce = randomBytes(lengths.nonce);
    const sealing = createCipheriv(cipher, this.#keyFor(purpose), nonce, { authTagLength: lengths.tag });
    sealing.setAAD(authenticated(purpose, to));
    const text = [sealing.update(head), sealing.update(isShorter ? deflated : json), sealing.final()];
    return Buffer.concat([Buffer.of(version), nonce, ...text, sealing.getAuthTag()]).toString("base64url");
  }

  /**
   * @param now milliseconds since 1970
   * @returns `undefined` for what was not sealed with this key, for this purpose and with the same bound to it, or is too
   *   old; which of these it is, nobody is told
   */
  open(text: string, now: number, { purpose, to = [] }: Bound): Opened | undefined {
    const bytes = Buffer.from(text, "base64url");
    // Decoding passes over what is no base64url: one seal must not have two spellings.
    if (bytes.toString("base64url") !== text || bytes[0] !== version) return undefined;
    if (bytes.length < 1 + lengths.nonce + lengths.head + lengths.tag) return undefined;
    const nonce = bytes.subarray(1, 1 + lengths.nonce);
    const opening = createDecipheriv(cipher, this.#keyFor(purpose), nonce, { authTagLength: lengths.tag });
    opening.setAAD(authenticated(purpose, to)).setAuthTag(bytes.subarray(-lengths.tag));
    const sealed = bytes.subarray(1 + lengths.nonce, -lengths.tag);
    const plain = whole(() => Buffer.concat([opening.update(sealed), opening.final()]));
    const until = plain?.readUIntBE(1, 6) ?? 0;
    if (!plain || until <= now) return undefined;
    const body = plain.subarray(lengths.head);
    const json =
      plain[0] === forms.deflated ? whole(() => inflateRawSync(body, { maxOutputLength: longest })) : body;
    return json && { value: parseJson(json.toString("utf8")), id: nonce.toString("base64url"), until };
  }

  #keyFor(purpose: string): Buffer {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const given = this.#key instanceof Secret ? this.#key.reveal() : this.#key;
    const key = Buffer.from(
      hkdfSync("sha256", given, "", `fly-tokens seal ${version} ${purpose}`, lengths.key),
    );
    this.#derived.set(purpose, key);
    return key;
  }
}

function authenticated(purpose: string, to: readonly (string | undefined)[]): Buffer {
  return Buffer.from(JSON.stringify([version, purpose, ...to.map((one) => one ?? null)]));
}

/** `undefined` where it throws: what is forged or broken is no fault of ours. */
function whole(act: () => Buffer): Buffer | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
