import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const deploymentToken = definePrompt({
  name: "deployment-token",
  title: "Generate a deployment token",
  description: "A read-only, short-lived token for what an environment deploys, shown once.",
  args: z.object({
    environment: z.string().describe("Such as production"),
    expires: z.string().optional().describe('Such as "90d"; default 30 days'),
  }),
  completes: { environment: "environments", expires: "lifetimes" },
  needs: ["get_status", "describe_environment", "generate_token"],
  render: ({
    environment,
    expires,
  }) => `Generate a deployment token for the environment ${JSON.stringify(environment)}.

1. Call describe_environment with name ${JSON.stringify(environment)}. If there is none of that name, show me those that there are, since I may have mistyped it, and ask me before you create it: create_environment with name ${JSON.stringify(environment)}. Where an environment comes into being with its first token, that says so, and you go on. Where get_status says that the default provider is flyio, there are no environments: ask me which app is meant instead.
2. Call generate_token with name ${JSON.stringify(`Deployment of ${environment}`)}, environment ${JSON.stringify(environment)}, permission "read_only"${expires ? ` and expires ${JSON.stringify(expires)}` : ""}. At Fly.io leave environment and permission out, and give flyio {app, kind: "deploy"}. If it answers confirmation_required, show me its plan, and call it again with that confirmation only when I agree. If it is refused, tell me its fix: where the operator does not let values be shown, ask me which deliver_to it is to be.
3. Show me the value once, with its warning, the user name that belongs to it and when it expires. Do not repeat it afterwards and do not write it anywhere.
4. Tell me how to use it as an image pull secret, with a placeholder instead of the value, and that generate_token with deliver_to "kubernetes" makes that secret of a new token without showing it.`,
});
