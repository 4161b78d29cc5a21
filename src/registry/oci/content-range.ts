/**
 * The place of a chunk in its upload, both offsets included: `0-1023`, without a unit (distribution-spec 1.1,
 * "Pushing a blob in chunks").
 * @param header the `Content-Range` header
 */
export function parseContentRange(header: string): { start: number; end: number } | undefined {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(header) ?? [];
  const range = { start: Number(first), end: Number(last) };
  return range.end >= range.start ? range : undefined;
}
