/** How much is looked at in one call, and what was left out. */
import { quote } from "../problem.ts";

const limits = {
  files: 50_000,
  bytes: 500_000_000,
  /** Milliseconds. */
  time: 60_000,
  /** Bytes of one file, and of one object of git's. */
  file: 50_000_000,
  blob: 5_000_000,
  /** Bytes of a file that are in memory at once. */
  piece: 4 * 1024 * 1024,
  objects: 100_000,
  history: 200_000_000,
  /** Different tokens. */
  values: 200,
  /** Places of one token that are listed. */
  places: 10,
  /** Values about which issuers are asked. */
  asked: 50,
  /** Characters of what is said of places: more would fill an agent's context. */
  said: 40_000,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };

/** Counts, and says when it is enough. */
export class Bounds {
  files = 0;
  bytes = 0;
  commits: number | undefined;
  /** Why it ended before everything was looked at, as a sentence with what to do. */
  ended: string | undefined;
  readonly limits: Limits;
  readonly #now: () => Date;
  readonly #until: number;

  constructor(now: () => Date, given: Partial<Limits> = {}) {
    this.limits = { ...limits, ...given };
    this.#now = now;
    this.#until = now().getTime() + this.limits.time;
  }

  /** Milliseconds that are left. */
  get time(): number {
    return Math.max(0, this.#until - this.#now().getTime());
  }

  goesOn(): boolean {
    if (this.time === 0) this.end(`${this.limits.time / 1000} seconds`);
    return this.ended === undefined;
  }

  /** Whether a file may be looked at; counts it then. */
  takeFile(size: number): boolean {
    const { files, bytes } = this.limits;
    if (this.files >= files) this.end(`${files.toLocaleString("en")} files`);
    if (this.bytes + size > bytes) this.end(`${Math.round(bytes / 1e6)} MB`);
    if (!this.goesOn()) return false;
    this.files += 1;
    this.bytes += size;
    return true;
  }

  /** @param after how much was looked at @param remedy how to go on, as a sentence */
  end(after: string, remedy = "Call again with paths further down, one part at a time."): void {
    this.ended ??= `Stopped after ${after}: not everything was looked at. ${remedy}`;
  }
}

/** What was not looked at, a sentence for each reason. */
export class Skipped {
  readonly #paths = new Map<string, Set<string>>();

  /** @param reason a sentence without its full stop */
  add(reason: string, path?: string): void {
    const paths = this.#paths.get(reason) ?? new Set();
    if (path !== undefined) paths.add(quote(path));
    this.#paths.set(reason, paths);
  }

  sentences(): string[] {
    return [...this.#paths].map(([reason, all]) => {
      const shown = [...all].slice(0, 5);
      const rest = all.size > shown.length ? ` and ${all.size - shown.length} more` : "";
      return shown.length > 0 ? `${reason}: ${shown.join(", ")}${rest}.` : `${reason}.`;
    });
  }
}

/** Why the system did not give something, in a few words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^E[A-Z]+$/.test(code)) throw error;
  return code === "EACCES" || code === "EPERM" ? "permission denied" : code;
}
