/** What a path of a Maven repository means (Maven's repository layout, "default"; its metadata reference). */
import { type Checksum, checksums } from "../files/transfer.ts";

export interface MavenPath {
  /** The file, or the one that the checksum is of. */
  path: string;
  checksum?: Checksum;
  /** Whether later bytes may take the place of earlier ones: in a snapshot, and in the lists that deploying updates. */
  changes: boolean;
}

/** @param segments decoded and not empty */
export function readMavenPath(segments: readonly string[]): MavenPath {
  const last = segments.at(-1) ?? "";
  const checksum = checksums.find((name) => last.endsWith(`.${name}`) && last.length > name.length + 1);
  const file = checksum ? last.slice(0, -checksum.length - 1) : last;
  return {
    path: [...segments.slice(0, -1), file].join("/"),
    ...(checksum && { checksum }),
    changes:
      /^(?:maven-metadata|archetype-catalog)\.xml(?:\.asc)?$/.test(file) ||
      /SNAPSHOT$/i.test(segments.at(-2) ?? ""),
  };
}

/** Where it matters to those who look with a browser. */
export function typeOf(path: string): string {
  if (/\.(?:pom|xml)$/.test(path)) return "application/xml";
  if (/\.(?:jar|war|ear|aar)$/.test(path)) return "application/java-archive";
  if (/\.(?:module|json)$/.test(path)) return "application/json";
  return "application/octet-stream";
}
