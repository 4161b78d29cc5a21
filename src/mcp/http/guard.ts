/**
 * Under which name the server is called, and from which page. A page elsewhere could have its own name bent to this
 * machine (DNS rebinding), so the name is looked at before anything else; a page that may call gets CORS answers.
 */
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";
import type { Exposure } from "../../callers/exposure.ts";
import { refusal } from "./answers.ts";

export class Guard {
  readonly #hosts: string[];
  readonly #origins: ReadonlySet<string>;
  readonly #remote: boolean;

  constructor({ hosts, origins, remote }: Pick<Exposure, "hosts" | "origins" | "remote">) {
    this.#hosts = [...(hosts ?? localhostAllowedHostnames())];
    this.#origins = new Set(origins);
    this.#remote = remote;
  }

  /** The refusal of a request under a foreign name. */
  host(request: Request): Response | undefined {
    const { ok } = validateHostHeader(request.headers.get("host"), this.#hosts);
    return ok ? undefined : refusal(403, "This server is not called by that name");
  }

  /** The refusal of a request from a page that may not call. Programs that are no browser name no page. */
  origin(request: Request): Response | undefined {
    const origin = request.headers.get("origin");
    return origin === null || this.#allows(origin)
      ? undefined
      : refusal(403, "Pages of that origin may not call this server");
  }

  /** What the browser asks before it lets a page call; `undefined` when that is not asked. */
  preflight(request: Request): Response | undefined {
    if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method"))
      return undefined;
    return new Response(null, {
      status: 204,
      headers: {
        "access-control-allow-methods": "POST, GET, DELETE",
        "access-control-allow-headers":
          "authorization, content-type, accept, last-event-id, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id",
        "access-control-max-age": "600",
      },
    });
  }

  /** What the browser needs to let a page read the answer. */
  cors(request: Request): Record<string, string> {
    const origin = request.headers.get("origin");
    if (origin === null || !this.#allows(origin)) return {};
    return {
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "WWW-Authenticate, Retry-After, Mcp-Session-Id, Mcp-Protocol-Version",
      vary: "Origin",
    };
  }

  #allows(origin: string): boolean {
    if (this.#origins.has(origin)) return true;
    return !this.#remote && origin !== "" && validateOriginHeader(origin, localhostAllowedOrigins()).ok;
  }
}
