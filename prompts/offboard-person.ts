import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const offboardPerson = definePrompt({
  name: "offboard-person",
  title: "Offboard a person",
  description:
    "Ends the tokens of somebody who leaves, after replacing those that something here still uses.",
  args: z.object({ person: z.string().describe("As list_tokens names who made a token, such as bob") }),
  completes: { person: "people" },
  needs: ["get_status", "list_tokens", "get_token", "revoke_token"],
  render({ person }) {
    const who = JSON.stringify(person);
    return `${who} leaves. End their tokens without breaking what we run.

1. Call list_tokens with created_by ${who} and status "active", every page of it, for each configured provider. If there is none, look in list_tokens for a name that is meant, and ask me; do not guess. get_status says my role: only an admin may revoke what others made.
2. For each token: get_token with its id says where this machine uses it and what it pulled last; describe_environment says what runs in its environment. Show me what would break.
3. What is still used here, rotate first: rotate_token with its id and without keep_old_for, since they may have a copy of it. Where something else than this machine uses one, tell me what has to be given a new one, and wait until that is done.
4. Call revoke_token with filter {created_by: ${who}}, and with provider where tokens were found at more than one. It answers with a plan: show it to me, above all what it says is used on this machine, and call it again with its confirmation only when I agree. Tell me the outcome of each token.
5. Ask me for the folder of what they leave behind (a backup of their machine, their projects). Call find_leaks, where you have it, with paths naming it, git_history true and include_ignored true: tokens of others may lie there too. Rotate or revoke those that are active, after asking me. Tell me places, never values.
6. Call list_tokens with created_by ${who} once more, and say what is left that no tool here ends: their account at the issuer, their login to our repositories and CI, and passwords that we share.`;
  },
});
