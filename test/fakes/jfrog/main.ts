/** The fake on its own, for a person who wants to try the tools without an account: `npm run fake:jfrog`. */
import { startFakeJfrog } from "./fake.ts";

const fake = await startFakeJfrog({ port: 7414 });
const { admin, developer } = fake;

process.stdout.write(`A fake JFrog Platform is at ${fake.url}, until you stop it. It forgets everything then.

  export JFROG_URL=${fake.url}
  export JFROG_ACCESS_TOKEN=${developer.token}
  export FLY_TOKENS_PROVIDER=jfrog

You are ${developer.username}, a developer. To be ${admin.username}, an admin:

  export JFROG_ACCESS_TOKEN=${admin.token}

In another terminal, with these set:

  npx tsx src/main.ts call list_tokens --json '{}'

Or log in by the browser, as either of them: npx tsx src/main.ts login jfrog
`);
