/**
 * The one door through which words leave. Whatever is sent passes `clean`: every secret that this process has seen
 * is removed, except a value that was asked for, which is put in here, at the last moment, and only once.
 */
import { redact, type Secret } from "../secret.ts";

export class Outgoing {
  readonly #reveals = new Map<string, Secret>();
  readonly #folders: RegExp | undefined;

  /** @param folders absolute; their names are not said to whom this goes to */
  constructor(folders: readonly string[] = []) {
    const forms = [...folders]
      .sort((one, other) => other.length - one.length)
      .map((folder) =>
        JSON.stringify(folder)
          .slice(1, -1)
          .replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
      );
    // Whole names alone, and not the path of a URL.
    if (forms.length > 0) this.#folders = new RegExp(`(?<![\\w.\\]-])(?:${forms.join("|")})(?![\\w-])`, "g");
  }

  /** A placeholder that `clean` replaces with the value in the next message that carries it. */
  reveal(secret: Secret): string {
    const placeholder = `reveal-${crypto.randomUUID()}`;
    this.#reveals.set(placeholder, secret);
    return placeholder;
  }

  /** @param json the text of a message; values are put in JSON-escaped */
  clean(json: string): string {
    const known = redact(json);
    let text = this.#folders ? known.replace(this.#folders, "[server]") : known;
    for (const [placeholder, secret] of this.#reveals) {
      if (!text.includes(placeholder)) continue;
      this.#reveals.delete(placeholder);
      // As a function: in a text, `$&` and the like would not be taken as they stand.
      text = text.replaceAll(placeholder, () => JSON.stringify(secret.reveal()).slice(1, -1));
    }
    return text;
  }
}
