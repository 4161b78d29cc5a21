import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const auditTokens = definePrompt({
  name: "audit-tokens",
  title: "Audit tokens",
  description:
    "Which tokens there are, what expires, what nobody uses, what may do too much and what lies about; ends with proposals.",
  args: z.object({
    folder: z.string().optional().describe("Where to look for leaked tokens; default: this project"),
  }),
  needs: ["get_status", "list_tokens", "get_token"],
  render: ({ folder }) => `Audit the tokens that I can see. Only look: change nothing before I have chosen.

1. get_status: who I am at each issuer and in which role, since that decides which tokens you are shown. Tell me if others may exist that you cannot see.
2. list_tokens with status "active", every page of it (cursor), for each configured provider; then list_tokens with expires_within "14d".
3. From what they say, pick those that: never expire, or live for more than 90 days; may write although their name or environment speaks of reading only; were never used, or not for 90 days (last_used_at; an issuer that does not report it says nothing about use, so call that unknown); were made by somebody whom I do not know.
4. get_token with the id of each one picked: where this machine uses it, and what it pulled last. check_package_manager, where you have it: which package managers here have which token, and whether it works.
5. find_leaks, where you have it, with paths ${folder ? `[${JSON.stringify(folder)}]` : "naming this project's folder"} and git_history true. Tell me the places, never a value.
6. Show me one table: name, id, permission, scope, expires, last used, used here by, and what is wrong. Then your proposals, the most urgent first, each with the call that it needs: what leaked, or expires and is in use, rotate_token; what nobody uses, revoke_token; what may do too much, a narrower one made by generate_token and put in its place, then revoke_token for the old one.
7. Wait for me to choose. Where a tool then answers confirmation_required, show me its plan first.`,
});
