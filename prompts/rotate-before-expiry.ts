import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const rotateBeforeExpiry = definePrompt({
  name: "rotate-before-expiry",
  title: "Rotate what expires soon",
  description:
    "Replaces the tokens that end soon, wherever this machine uses them, before anything stops working.",
  args: z.object({
    within: z.string().optional().describe('Such as "7d"; default 14 days'),
    environment: z.string().optional().describe("Only those of this environment"),
    token: z.string().optional().describe("Only the one of this name, whenever it expires"),
  }),
  completes: { within: "periods", environment: "environments", token: "tokens" },
  here: true,
  needs: ["list_tokens", "get_token", "rotate_token"],
  render({ within = "14d", environment, token }) {
    const which = `expires_within ${JSON.stringify(within)}${environment ? ` and environment ${JSON.stringify(environment)}` : ""}`;
    const named = `name ${JSON.stringify(token)}, status "active"${environment ? ` and environment ${JSON.stringify(environment)}` : ""}`;
    return `Rotate ${token ? `my token ${JSON.stringify(token)}` : "my tokens that expire soon"}, so that nothing stops working.

1. Call list_tokens with ${token ? named : which}${token ? ". It finds names that hold this one, too: if there are several, ask me which is meant" : ""}. Show me what you find: name, id, when it expires, who made it. For each one get_token says where this machine uses it; one that nobody uses any more may simply run out, so ask me about those.
2. Ask me whether the old tokens are to live on for a while (keep_old_for, such as "24h"): they have to where something that you cannot rewrite uses them, such as another machine.
3. Call rotate_token with ${token ? "its id" : `${which}, or with the id of each one that I chose`}, and with an idempotency_key, so that a call may be repeated. When it answers confirmation_required, show me its plan, and call it again with that confirmation only when I agree. Do not mint successors with generate_token.
4. Tell me for each token what was rewritten and tried, what I have to do by hand, and when the old one ends. Of one that could not be rotated, tell me why and what its fix is: the old one still works then.
5. Tell me that \`fly-tokens rotate-due\` does the same from a scheduled job, and revokes the old ones when their time is over.`;
  },
});
