import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const setUpCi = definePrompt({
  name: "set-up-ci",
  title: "Set up CI",
  description:
    "Lets a repository's CI reach the registry: without a stored token where that can be, else with a short-lived one.",
  args: z.object({
    repository: z.string().describe("OWNER/REPO on GitHub"),
    permission: z.string().optional().describe('"read_write" when CI publishes; default read_only'),
    environment: z.string().optional().describe("Such as production"),
  }),
  completes: { permission: "permissions", environment: "environments" },
  here: true,
  needs: ["get_status", "generate_token"],
  render({ repository, permission = "", environment }) {
    const publishes = /write|publish|push/i.test(permission);
    const grants = `permission "${publishes ? "read_write" : "read_only"}"${environment ? `, environment ${JSON.stringify(environment)}` : ""}`;
    return `Let the CI of ${JSON.stringify(repository)} reach the registry.

1. Best is no token at all. Call get_status to see which registry it is. JFrog Fly lets a workflow log in by OIDC (the action jfrog/fly-action, with the permission id-token: write), and npm and PyPI let one publish as a trusted publisher. If the registry that we use has such a way, show me the lines of the workflow and ask whether that will do; then stop here. The local registry and Fly.io have none.
2. Otherwise call generate_token with name ${JSON.stringify(`CI of ${repository}`)}, ${grants}, expires "30d", deliver_to "github_actions", deliver_in ${JSON.stringify(repository)}, deliver_name "FLY_TOKEN" and an idempotency_key. The value goes to the repository's secrets, and neither of us sees it. At Fly.io leave environment out, name the app (flyio {app: …}), and use deliver_name "FLY_API_TOKEN".${environment ? ` If the repository has an environment of that name, pass deliver_in ${JSON.stringify(`${repository}/${environment}`)} instead, so that only its jobs get it.` : ""}
3. If it answers confirmation_required, show me its plan, and call it again with that confirmation only when I agree. If it is refused, tell me its fix. Do not show the value and do not ask me to paste one.
4. Show me the lines of the workflow that use the secret, with its user name, and nothing that would print it. Do not commit them before I agree.
5. Tell me when the token ends. rotate_token puts a successor into the same secret: remind me of the prompt rotate-before-expiry, or of \`fly-tokens rotate-due\` in a scheduled job.`;
  },
});
