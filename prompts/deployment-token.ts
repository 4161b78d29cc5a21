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
  render: ({
    environment,
    expires,
  }) => `Generate a deployment token for the environment ${JSON.stringify(environment)}.

1. Look with describe_environment whether it exists; if it does not, ask me before you create it with create_environment. Where get_status says that the default provider is flyio, there are no environments: ask me which app is meant, and call generate_token with flyio {app, kind: "deploy"} instead of step 2.
2. Call generate_token with environment ${JSON.stringify(environment)}, permission read_only${expires ? `, expires ${JSON.stringify(expires)}` : ""}, and a name that says what it is for.
3. Show me the value once, with its warning, the user name that belongs to it and when it expires. Do not repeat it afterwards and do not write it anywhere.
4. Tell me how to use it as an image pull secret, with a placeholder instead of the value, and that deliver_to kubernetes makes that secret of a new token without showing it.`,
});
