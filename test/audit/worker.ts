/** A process of its own that makes calls; bundled by the tests that start it. Its arguments are one JSON object. */
import { Audit } from "../../src/audit/audit.ts";

interface Work {
  state: string;
  name: string;
  /** How many; without it until the process is killed. */
  calls?: number;
}

const { state, name, calls = Number.POSITIVE_INFINITY }: Work = JSON.parse(process.argv[2] ?? "");
const audit = new Audit({ state, now: () => new Date(), fingerprint: async () => undefined });
for (let made = 0; made < calls; made += 1) {
  const call = audit.open({ client: { name, version: "1" }, tool: "generate_token" });
  await call.begin([`${name}-${made}`]);
  process.stdout.write("begun\n");
  await call.end("ok");
}
