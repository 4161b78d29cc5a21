/**
 * The one door through which words leave. Whatever is sent passes `clean`: every secret that this process has seen
 * is removed, except a value that was asked for, which is put in here, at the last moment, and only once.
 */
import { randomUUID } from "node:crypto";
import { redact, type Secret } from "../secret.ts";

export class Outgoing {
  readonly #reveals = new Map<string, Secret>();

  /** A placeholder that `clean` replaces with the value in the next message that carries it. */
  reveal(secret: Secret): string {
    const placeholder = `reveal-${randomUUID()}`;
    this.#reveals.set(placeholder, secret);
    return placeholder;
  }

  /** @param json the text of a message; values are put in JSON-escaped */
  clean(json: string): string {
    let text = redact(json);
    for (const [placeholder, secret] of this.#reveals) {
      if (!text.includes(placeholder)) continue;
      this.#reveals.delete(placeholder);
      // As a function: in a text, `$&` and the like would not be taken as they stand.
      text = text.replaceAll(placeholder, () => JSON.stringify(secret.reveal()).slice(1, -1));
    }
    return text;
  }
}
