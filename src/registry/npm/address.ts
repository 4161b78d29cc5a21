/** What a path below the npm room names. A scoped package comes as `@scope/name` and as `@scope%2fname`. */
import { isPackageName } from "./name.ts";

export type Address =
  | { kind: "package"; name: string; revision?: string }
  /** `version` may also be a dist-tag. */
  | { kind: "version"; name: string; version: string }
  | { kind: "tarball"; name: string; file: string; revision?: string }
  | { kind: "tags"; name: string; tag?: string };

/**
 * @param path below the room's own, as it came over the wire (percent-encoded), beginning with a slash
 * @returns `undefined` when the path names nothing that an npm registry has
 */
export function parseAddress(path: string): Address | undefined {
  const segments = decode(path);
  const tags = segments[0] === "-" && segments[1] === "package";
  if (tags) segments.splice(0, 2);
  const name = segments.splice(0, /^@[^/]+$/.test(segments[0] ?? "") ? 2 : 1).join("/");
  if (!isPackageName(name)) return undefined;
  return tags ? tagsAddress(name, segments) : packageAddress(name, segments);
}

function tagsAddress(name: string, [word, tag, ...more]: string[]): Address | undefined {
  if (word !== "dist-tags" || more.length > 0) return undefined;
  return { kind: "tags", name, ...(tag !== undefined && { tag }) };
}

function packageAddress(name: string, segments: string[]): Address | undefined {
  const revision = segments.at(-2) === "-rev" ? segments.splice(-2)[1] : undefined;
  const revised = revision === undefined ? {} : { revision };
  const [first, file, ...more] = segments;
  if (first === undefined) return { kind: "package", name, ...revised };
  if (first === "-")
    return file !== undefined && more.length === 0 ? { kind: "tarball", name, file, ...revised } : undefined;
  return file === undefined && revision === undefined ? { kind: "version", name, version: first } : undefined;
}

/** The path of an address, without its revision. */
export function pathOf(address: Address): string {
  const { kind, name } = address;
  if (kind === "version") return `/${name}/${encodeURIComponent(address.version)}`;
  if (kind === "tarball") return `/${name}/-/${encodeURIComponent(address.file)}`;
  if (kind === "tags")
    return `/-/package/${name}/dist-tags${address.tag === undefined ? "" : `/${encodeURIComponent(address.tag)}`}`;
  return `/${name}`;
}

function decode(path: string): string[] {
  try {
    return path
      .replace(/^\/|\/$/g, "")
      .split("/")
      .map(decodeURIComponent);
  } catch {
    return []; // a percent sign that encodes nothing
  }
}
