/** Paths of files as they come in a URL. No file system is asked with them; they are keys of a table. */

/** In UTF-16 units; and of the whole in bytes of UTF-8, above which PostgreSQL's index does not take it. */
const limits = { segment: 255, path: 1024, bytes: 2048 };

/**
 * @param path below the room's own, as it came over the wire (percent-encoded), beginning with a slash
 * @returns its decoded segments; `undefined` when one is empty, climbs (`..`) or could not be the name of a file on
 *   some system
 */
export function parseFilePath(path: string): string[] | undefined {
  if (path.length > 3 * limits.path) return undefined;
  try {
    const segments = path
      .slice(1)
      .split("/")
      .map((segment) => decodeURIComponent(segment).normalize("NFC"));
    const whole = segments.join("/");
    const fits = whole.length <= limits.path && Buffer.byteLength(whole) <= limits.bytes;
    return fits && segments.every(isName) ? segments : undefined;
  } catch {
    return undefined; // a percent sign that encodes nothing
  }
}

/** No separators (also encoded ones), nothing that Windows forbids, nothing that a terminal does not show. */
function isName(segment: string): boolean {
  return (
    segment.length > 0 &&
    segment.length <= limits.segment &&
    !/[\p{C}\p{Zl}\p{Zp}\\/:|?*"<>%]|^[\s.]+$|^\s|\s$/u.test(segment)
  );
}
