/** What a preview must not show: the secrets that are known, and what stands where secrets stand. */
import { createHash } from "node:crypto";
import { redact } from "../secret.ts";
import type { Change } from "./change.ts";

/** A secret that can be recognised without being kept. */
export interface Mask {
  /** In UTF-16 units. */
  length: number;
  /** Hex. */
  sha256: string;
}

const masked = "[secret]";

/** The source texts of a change that are not to be shown. */
export function secretsOf({ entries }: Change): string[] {
  const sensitive = entries.filter((entry) => entry.sensitive);
  return sensitive.flatMap(({ before, after }) => [before, after]).flatMap((source) => source || []);
}

export function masksOf(secrets: readonly string[]): Mask[] {
  return secrets.map((secret) => ({ length: secret.length, sha256: sha256(secret) }));
}

/** The secrets of a text by their masks. */
export function findMasked(text: string, masks: readonly Mask[]): string[] {
  return masks.flatMap(({ length, sha256: hash }) => {
    for (let at = 0; length > 0 && at + length <= text.length; at += 1) {
      const part = text.slice(at, at + length);
      if (sha256(part) === hash) return [part];
    }
    return [];
  });
}

/**
 * The text without the given secrets, without those of this process, and without what stands in a secret's place.
 * @param plain strings that are known to be none
 */
export function mask(text: string, secrets: readonly string[], plain: readonly string[] = []): string {
  const sources = plain.map((one) => JSON.stringify(one));
  // The longest first: one may be part of another.
  const known = [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, masked), text);
  return redact(
    known
      .replace(inXml, `$1${masked}`)
      .replace(named, `$1${masked}`)
      .replace(inUrl, `$1${masked}@`)
      .replace(jsonText, (whole: string, before: string) =>
        sources.includes(whole.slice(before.length)) ? whole : `${before}${masked}`,
      ),
  );
}

/** SHA-256 in hex; of text, that of its UTF-8 bytes. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

// An edit of one value shows its whole line, on which the secrets of others may stand: a netrc entry, JSON on one line.
const value = /(?!\$\{|\[secret\])(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}]+)/.source;
const name = /\b_?(?:auth|authtoken|password|passwd|identitytoken|registrytoken|token|secret|account)"?/
  .source;
const named = new RegExp(`(${name}(?:\\s*[=:]\\s*|[ \\t]+(?![=:])))${value}`, "gi");
// In JSON on one line anything may be one: HttpHeaders has names of the user's own making.
const jsonText = /("(?:[^"\\]|\\.)*"\s*:\s*)"(?:[^"\\]|\\.)+"/g;
// Maven's servers, and NuGet's credentials. A whole element is one value there, and its lines are shown one by one.
const inXml =
  /(<(?:password|passphrase)>\s*|\bkey=["'](?:cleartext)?password["']\s+value=["'])(?!\$\{|%\w+%|\[secret\])[^<"']+/gi;
const inUrl = /(:\/\/)[^/\s@"']+@/g;
