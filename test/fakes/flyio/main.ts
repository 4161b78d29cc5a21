/** The fake on its own, for a person who wants to try the tools without an account: `npm run fake:flyio`. */
import { startFakeFlyio } from "./fake.ts";

const fake = await startFakeFlyio({ port: 7413 });
const [alice] = fake.users;

process.stdout.write(`A fake Fly.io is at ${fake.url}, until you stop it. It forgets everything then.

  export FLY_API_TOKEN=${alice?.token}
  export FLY_API_BASE_URL=${fake.url}
  export FLY_FLAPS_BASE_URL=${fake.url}
  export FLY_REGISTRY_HOST=${fake.registryHost}
  export FLY_TOKENS_PROVIDER=flyio

You are ${alice?.email}, an admin of "acme", which has the apps "web" and "api". In another terminal, with these set:

  npx tsx src/main.ts call list_tokens --json '{}'
`);
