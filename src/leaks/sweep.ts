/** Goes through files and history and collects every place where a token is. */
import { type Bounds, reasonOf } from "./bounds.ts";
import { type File, filesAt, hasOddName, type Scope } from "./files.ts";
import type { Format } from "./formats.ts";
import { type Blob, historyAt, readHistory } from "./history.ts";
import { lookAt, lookThrough, type Sight } from "./look.ts";
import { openFile } from "./read.ts";
import { Scanner } from "./scan.ts";

export interface Sighting extends Sight {
  /** As the system knows it; not yet fit to be shown. */
  path: string;
  in: "file" | "history";
  commit?: string | undefined;
  tracked?: boolean | undefined;
  /** Nobody but its owner may read the file. */
  isPrivate?: boolean | undefined;
}

export class Sweep {
  readonly sightings: Sighting[] = [];
  readonly #scope: Scope;
  readonly #isWanted: (format: Format) => boolean;
  readonly #scanner: Scanner;
  readonly #files = new Set<string>();
  readonly #places = new Map<Sight["secret"], number>();

  constructor(scope: Scope, isWanted: (format: Format) => boolean) {
    this.#scope = scope;
    this.#isWanted = isWanted;
    this.#scanner = new Scanner(scope.bounds.limits.values);
  }

  get #bounds(): Bounds {
    return this.#scope.bounds;
  }

  /** @param path a real one */
  async files(path: string): Promise<void> {
    for await (const file of filesAt(path, this.#scope)) {
      if (!this.#bounds.goesOn()) return;
      if (this.#files.has(file.path)) continue;
      this.#files.add(file.path);
      try {
        await this.#file(file);
      } catch (error) {
        const reason = reasonOf(error);
        const { skipped } = this.#scope;
        if (reason === "ENOENT" && hasOddName(file.path)) skipped.add("Its name is not UTF-8", file.path);
        // Gone, or a link, by now.
        else if (!["ENOENT", "ELOOP"].includes(reason)) skipped.add(`Not readable (${reason})`, file.path);
      }
    }
  }

  /** Of every repository that was come across. */
  async history(): Promise<void> {
    const { repositories, skipped } = this.#scope;
    if (repositories.size === 0) skipped.add("There is no git repository, and so no history");
    const done = new Set<string>();
    for (const root of repositories) {
      const history = await historyAt(root, this.#scope);
      if (history === undefined) skipped.add("Git did not answer, so that history was not looked at", root);
      if (history === undefined || done.has(history)) continue;
      done.add(history);
      const seen = new Map<string, Set<Sight["secret"]>>();
      const take = ({ path, commit, bytes }: Blob) => {
        const known = seen.get(path) ?? new Set();
        seen.set(path, known);
        for (const sight of lookAt(bytes, this.#scanner)) {
          // Its first commit is enough: the later ones have it, too.
          if (!known.has(sight.secret)) this.#add({ ...sight, path, commit, in: "history" });
          known.add(sight.secret);
        }
        this.#endWhenFull();
      };
      await readHistory(root, take, this.#scope);
    }
  }

  async #file({ path, tracked }: File): Promise<void> {
    const { limits } = this.#bounds;
    await using file = await openFile(path, limits.piece);
    if (!file) return;
    if (file.size > limits.file) {
      this.#scope.skipped.add(`Over ${limits.file / 1e6} MB`, path);
      return;
    }
    if (!this.#bounds.takeFile(file.size)) return;
    for await (const sight of lookThrough(file.pieces(), this.#scanner)) {
      this.#add({ ...sight, path, in: "file", tracked, isPrivate: file.isPrivate });
    }
    this.#endWhenFull();
  }

  /** A file is looked through to its end, so that what is known by then is found in all of it. */
  #endWhenFull(): void {
    const { values } = this.#bounds.limits;
    if (this.#scanner.full)
      this.#bounds.end(`${values} different tokens`, "Deal with these, then call again.");
  }

  #add(sighting: Sighting): void {
    const { limits } = this.#bounds;
    if (!this.#isWanted(sighting.format)) return;
    const count = (this.#places.get(sighting.secret) ?? 0) + 1;
    this.#places.set(sighting.secret, count);
    if (count <= limits.places) this.sightings.push(sighting);
    else
      this.#scope.skipped.add(
        `More than ${limits.places} places of one token, of which the rest is not listed`,
      );
  }
}
