/** Tokens at the local registry. */
import { randomUUID } from "node:crypto";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import type { Grant, IssueRequest, Token, Tokens } from "../provider.ts";
import type { components } from "./api.generated.ts";
import { type Api, answer, defined } from "./api.ts";
import { naming } from "./environment-named.ts";

const issueAttempts = 2;

export function tokensOf(api: Api): Tokens {
  return {
    async issue(request) {
      for (let attempt = 1; attempt <= issueAttempts; attempt++) {
        // Without a key of the caller's, one of our own: a create whose answer was lost can be sent again.
        const grant = await create(api, request, request.idempotency_key ?? randomUUID());
        if (grant.secret || request.idempotency_key !== undefined) return grant;
        // Only the answer that was lost had the value, and the registry has forgotten it: it is of no use to anyone.
        await revoke(api, grant.token.id);
      }
      throw new Problem(
        "provider_down",
        "The answer with the new token was lost again and again; what was made has been revoked.",
        "See whether the registry keeps being started anew, then try again.",
      );
    },
    revoke: (id) => revoke(api, id),
    async list({ expires_before, permission, ...query }) {
      // Nothing here has a permission of another product's making.
      if (permission === "custom") return { items: [], total: 0 };
      const page = await answer(
        api.GET("/tokens", {
          params: { query: defined({ ...query, permission, expires_before: expires_before?.toISOString() }) },
        }),
      );
      return { items: page.tokens.map(model), next_cursor: page.next_cursor, total: page.total };
    },
    get: async (id) => model(await answer(api.GET("/tokens/{id}", { params: { path: { id } } }))),
    async delete(id) {
      await answer(api.DELETE("/tokens/{id}", { params: { path: { id } } }));
      return "deleted";
    },
  };
}

async function create(api: Api, request: IssueRequest, key: string): Promise<Grant> {
  const { name, permission, environment, expires_at } = request;
  const made = answer(
    api.POST("/tokens", {
      params: { header: { "Idempotency-Key": key } },
      body: {
        name,
        permission,
        expires_at: expires_at?.toISOString() ?? null,
        ...(environment !== undefined && { environment }),
      },
    }),
  );
  const { token, value } = await (environment === undefined ? made : naming(environment, made, api));
  return { token: model(token), ...(value !== undefined && { secret: new Secret(value) }) };
}

async function revoke(api: Api, id: string): Promise<"revoked" | "already_revoked"> {
  const { already } = await answer(
    api.POST("/tokens/{id}/revoke", { params: { path: { id } }, fetch: api.repeatedly }),
  );
  return already ? "already_revoked" : "revoked";
}

const scopes = {
  read_only: "download packages and images",
  read_write: "download and publish packages and images",
};

/** A token of the registry's API as one of ours. */
export function model(token: components["schemas"]["Token"]): Token {
  return { ...token, provider: "local", scope: scopes[token.permission] };
}
