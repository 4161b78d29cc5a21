/** Where a person wanted to go before they had to log in. */

/** @returns a path here with its query; the first page for anything that leads elsewhere */
export function destinationIn(wanted: string, origin: string): string {
  if (!/^\/(?![/\\])/.test(wanted) || !URL.canParse(wanted, origin)) return "/";
  const url = new URL(wanted, origin);
  return url.origin === origin && !url.pathname.startsWith("//") ? url.pathname + url.search : "/";
}

/**
 * The address of the log-in that leads there.
 * @param mark `ended`: a form was sent and not taken; `again`: the browser has come back by itself
 */
export function logInAddress(destination: string, mark?: "ended" | "again"): string {
  const fields = new URLSearchParams();
  if (destination !== "/") fields.set("next", destination);
  if (mark) fields.set(mark, "1");
  return fields.size === 0 ? "/log-in" : `/log-in?${fields}`;
}
