/**
 * A process of its own that uses the local registry, and starts it when there is none: mints once for each line that
 * it is sent, and prints the token's id; ends with its input. Arguments: the home, the registry's URL.
 */
import { createInterface } from "node:readline";
import { openLocal } from "./open.ts";

const [home = "", url = ""] = process.argv.slice(2);
const provider = openLocal(home, { FLY_TOKENS_LOCAL_URL: url });
for await (const name of createInterface({ input: process.stdin })) {
  const { token } = await provider.tokens.issue({ name, permission: "read_only", expires_at: null });
  process.stdout.write(`${token.id} ${provider.notes?.().length ? "inside" : "outside"}\n`);
}
await provider.close();
