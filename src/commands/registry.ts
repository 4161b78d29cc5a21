import { setTimeout as pause } from "node:timers/promises";
import { serveOptions } from "../providers/local/serving.ts";
import { renewAdminKey } from "../registry/admin-key.ts";
import { type ServedRegistry, type ServeOptions, serveRegistry } from "../registry/serve.ts";
import { openStore, type StoreOptions } from "../registry/store/open.ts";
import type { Command } from "./command.ts";
import { numberIn } from "./number.ts";
import { untilSignal } from "./signal.ts";

/** Seconds in which balancers notice that this one is about to end; without a proxy there are none. */
const drainBehindProxy = 5;

export const command: Command = {
  about: "The local registry in the foreground",
  takes: 0,
  flags: { url: { type: "string" }, drain: { type: "string" }, "new-admin-key": { type: "boolean" } },
  async run({ config, seams, log, flags }) {
    const options = serveOptions(config, seams, typeof flags.url === "string" ? flags.url : config.local_url);
    if (flags["new-admin-key"] === true) return renew(options, seams.now());
    const drain = numberIn(flags.drain, "drain", 600) ?? (options.publicUrl ? drainBehindProxy : 0);
    const served = await serveRegistry({ ...options, log: (line) => log.info(line) });
    // Before it says so: whoever has read it may end it.
    const signal = untilSignal();
    process.stderr.write(`fly-tokens: ${(await announcement(options, served)).join("\n  ")}\n`);
    await signal;
    served.drain();
    if (drain > 0) await pause(drain * 1000);
    await served.close();
    return 0;
  },
};

/** For who lost it, or has none on this machine; a registry that is running goes on. */
async function renew({ folder, database }: StoreOptions, now: Date): Promise<number> {
  const db = await openStore({ folder, database });
  await renewAdminKey(folder, db, now).finally(() => db.destroy());
  process.stderr.write(
    `fly-tokens: a new admin key (0600) is in ${folder}; the former one opens nothing any more\n`,
  );
  return 0;
}

async function announcement(
  { publicUrl, folder, database, artifacts, gateway }: ServeOptions,
  { url, registry }: ServedRegistry,
): Promise<string[]> {
  const address = publicUrl ?? url;
  const { npm, pypi, docker } = gateway?.upstreams ?? {};
  // Of replicas the first has it, or all of them where they share the folder.
  const hasKey = await registry.adminKey().then(
    () => true,
    () => false,
  );
  const kept = [
    ...(database ? [] : ["data"]),
    ...(artifacts ? [] : ["artifacts"]),
    ...(hasKey ? ["admin key (0600)"] : []),
  ];
  return [
    `the local registry is at ${address}${publicUrl ? `, and listens at ${url}` : ""}`,
    ...(database ? ["data: PostgreSQL"] : []),
    ...(artifacts ? [`artifacts: s3://${artifacts.bucket}/${artifacts.prefix}`] : []),
    ...(kept.length > 0 ? [`${kept.join(", ")}: ${folder}`] : []),
    `page  ${address}/`,
    `npm   ${address}/artifactory/api/npm/npm/${npm ? " (the gateway)" : ""}`,
    `pip   ${address}/artifactory/api/pypi/pypi/simple${pypi ? " (the gateway)" : ""}`,
    `docker ${new URL(address).host}/docker/IMAGE${docker ? "; tokens for the docker registry behind the gateway" : ""}`,
  ];
}
