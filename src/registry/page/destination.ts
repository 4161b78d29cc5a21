/** Where a person wanted to go before they had to log in. */

/** @returns a path here with its query; the first page for anything that leads elsewhere */
export function destinationIn(wanted: string, origin: string): string {
  if (!/^\/(?![/\\])/.test(wanted) || !URL.canParse(wanted, origin)) return "/";
  const url = new URL(wanted, origin);
  return url.origin === origin && !url.pathname.startsWith("//") ? url.pathname + url.search : "/";
}

/** The address of the log-in that leads there. */
export function logInAddress(destination: string): string {
  return destination === "/" ? "/log-in" : `/log-in?${new URLSearchParams({ next: destination })}`;
}
