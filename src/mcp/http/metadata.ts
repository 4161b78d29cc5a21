/** Where a client without a token finds out whom to ask for one (RFC 9728). It is public: any page may read it. */
import { getOAuthProtectedResourceMetadataUrl } from "@modelcontextprotocol/server";
import { scopes } from "../../callers/scopes.ts";
import { wrongMethod } from "./answers.ts";

export interface MetadataOptions {
  issuer: string;
  resource: string;
}

const wellKnown = "/.well-known/oauth-protected-resource";

/** The paths of the document: of the address that callers see, of ours, and of clients that look at the root. */
export function metadataPaths({ resource }: MetadataOptions): readonly string[] {
  const { pathname } = new URL(getOAuthProtectedResourceMetadataUrl(new URL(resource)));
  return [pathname, `${wellKnown}/mcp`, wellKnown];
}

export function metadata(request: Request, { issuer, resource }: MetadataOptions): Response {
  const headers = { "access-control-allow-origin": "*" };
  if (request.method === "OPTIONS")
    return new Response(null, {
      status: 204,
      headers: {
        ...headers,
        "access-control-allow-methods": "GET, HEAD",
        "access-control-allow-headers": "mcp-protocol-version",
      },
    });
  if (!["GET", "HEAD"].includes(request.method)) return wrongMethod("GET, HEAD, OPTIONS");
  const document = {
    resource,
    authorization_servers: [issuer],
    scopes_supported: Object.keys(scopes),
    bearer_methods_supported: ["header"],
    resource_name: "Fly tokens",
  };
  return Response.json(document, { headers });
}
