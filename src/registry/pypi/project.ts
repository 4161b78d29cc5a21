/** What a project and its versions are called (PEP 503, PEP 426, PEP 440). */

/** The one spelling under which a project is found: `Fly.Hello_World` → `fly-hello-world` (PEP 503). */
export function normalizeProject(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Letters, digits, hyphens, dots and underscores, beginning and ending with a letter or a digit (PEP 426). */
export function isProject(name: string): boolean {
  return name.length <= 200 && /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(name);
}

// The grammar of PEP 440, Appendix B, with names for its parts.
const pep440 =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d*))?(?<post>-(?<bare>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d*))?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const preNames: Record<string, string> = { alpha: "a", beta: "b", c: "rc", pre: "rc", preview: "rc" };

/**
 * The normal form of a version: `v1.0.0-RC.1` → `1.0.0rc1` (PEP 440, "Normalization").
 * @returns `undefined` for what is no version
 */
export function normalizeVersion(version: string): string | undefined {
  const part = version.length <= 128 ? pep440.exec(version.trim().toLowerCase())?.groups : undefined;
  if (!part?.release) return undefined;
  const number = (digits: string | undefined) => (digits ?? "").replace(/^0+(?=\d)/, "") || "0";
  const release = part.release.split(".").map(number).join(".");
  const epoch = number(part.epoch) === "0" ? "" : `${number(part.epoch)}!`;
  const pre = part.pre ? (preNames[part.pre] ?? part.pre) + number(part.preNumber) : "";
  const post = part.post ? `.post${number(part.bare ?? part.postNumber)}` : "";
  const dev = part.dev ? `.dev${number(part.devNumber)}` : "";
  const local = part.local
    ? `+${part.local
        .split(/[-_.]/)
        .map((each) => (/^\d+$/.test(each) ? number(each) : each))
        .join(".")}`
    : "";
  return epoch + release + pre + post + dev + local;
}
