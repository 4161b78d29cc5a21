/** A home folder of a test's own, gone when the test ends: `await using home = await tempHome()`. */
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

export interface TempHome extends AsyncDisposable {
  /** Absolute, without symbolic links. */
  path: string;
  /** The absolute path of something in it. */
  at(...names: string[]): string;
  /** Writes a file, and the folders it needs; returns its absolute path. Mode 0600 unless given. */
  write(name: string, content: string | Buffer, mode?: number): Promise<string>;
  /** A file's text; `null` when there is none. */
  read(name: string): Promise<string | null>;
  bytes(name: string): Promise<Buffer>;
  /** Permission bits. */
  mode(name: string): Promise<number>;
  /** Everything in it: files by their mode and content, links by their target, folders by their mode. */
  tree(): Promise<Record<string, string>>;
}

export async function tempHome(): Promise<TempHome> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "fly-tokens-home-")));
  const at = (...names: string[]) => join(path, ...names);
  return {
    path,
    at,
    async write(name, content, mode = 0o600) {
      await mkdir(dirname(at(name)), { recursive: true, mode: 0o700 });
      await writeFile(at(name), content);
      await chmod(at(name), mode);
      return at(name);
    },
    async read(name) {
      return readFile(at(name), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
    },
    bytes: (name) => readFile(at(name)),
    mode: async (name) => (await lstat(at(name))).mode & 0o7777,
    tree: () => treeOf(path),
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Everything in a folder, by path: files by their mode and content, links by their target, folders by their mode. */
export async function treeOf(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const described = entries.map(async (entry) => {
    const full = join(entry.parentPath, entry.name);
    return [relative(path, full), await describeEntry(full)] as const;
  });
  return Object.fromEntries((await Promise.all(described)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function describeEntry(path: string): Promise<string> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) return `-> ${await readlink(path)}`;
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  if (stat.isDirectory()) return `${mode} folder`;
  return `${mode} ${await readFile(path, "latin1")}`;
}
