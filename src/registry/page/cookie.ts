/** The cookie that holds a session. */

/** Over https a browser takes it from this host alone (`__Host-`). Over http hosts share cookies among their ports. */
function nameFor(origin: string): string {
  const { protocol, port } = new URL(origin);
  return protocol === "https:" ? "__Host-fly-tokens" : `fly-tokens-${port || 80}`;
}

/** @param origin where clients reach the registry @returns the value that the browser sent, if any */
export function sessionIn(request: Request, origin: string): string | undefined {
  const name = nameFor(origin);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [key = "", ...value] = pair.split("=");
    if (key.trim() === name) return value.join("=").trim();
  }
  return undefined;
}

/** The `Set-Cookie` for a value; without one it takes the cookie away. It ends with the browser, and here earlier than that. */
export function sessionCookie(origin: string, value?: string): string {
  const attributes = ["Path=/", "HttpOnly", "SameSite=Strict"];
  if (origin.startsWith("https:")) attributes.push("Secure");
  if (value === undefined) attributes.push("Max-Age=0");
  return [`${nameFor(origin)}=${value ?? ""}`, ...attributes].join("; ");
}
