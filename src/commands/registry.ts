import { serveOptions } from "../providers/local/serving.ts";
import { serveRegistry } from "../registry/serve.ts";
import type { Command } from "./command.ts";
import { untilSignal } from "./signal.ts";

export const command: Command = {
  about: "The local registry in the foreground",
  takes: 0,
  flags: { url: { type: "string" } },
  async run({ config, seams, log, flags }) {
    const options = serveOptions(config, seams, typeof flags.url === "string" ? flags.url : config.local_url);
    const served = await serveRegistry({ ...options, log: (line) => log.info(line) });
    process.stderr.write(
      `fly-tokens: the local registry is at ${served.url}\n  data and admin key (0600): ${options.folder}\n  npm   ${served.url}/artifactory/api/npm/npm/\n  pip   ${served.url}/artifactory/api/pypi/pypi/simple\n  docker ${new URL(served.url).host}/docker/IMAGE\n`,
    );
    await untilSignal();
    await served.close();
    return 0;
  },
};
