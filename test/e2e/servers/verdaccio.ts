/** Verdaccio as a team runs it: users in an htpasswd file, and nothing for whoever is not one. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import type { Machine } from "../machine.ts";

export interface Verdaccio {
  /** Without a slash at its end, and without a credential. */
  url: string;
  /** With the credential of its user. */
  credential: string;
  password: string;
  /** `USER METHOD STATUS PATH` of each request so far; the user is `null` for a request without a credential. */
  requests(): string[];
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, "../programs/node_modules/verdaccio/bin/verdaccio");

export async function startVerdaccio(machine: Machine): Promise<Verdaccio> {
  const password = "a-password of:the-team's";
  const port = await freePort();
  const sha = createHash("sha1").update(password).digest("base64");
  await mkdir(machine.at("verdaccio"), { recursive: true });
  await machine.write("verdaccio/htpasswd", `gateway:{SHA}${sha}:autocreated 2026-01-01T00:00:00.000Z\n`);
  await machine.write("verdaccio/config.yaml", configuration);
  const started = machine.start(process.execPath, [
    program,
    "--config",
    machine.at("verdaccio/config.yaml"),
    "--listen",
    `127.0.0.1:${port}`,
  ]);
  await started.said(/http address/);
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    credential: `http://gateway:${encodeURIComponent(password)}@${host}`,
    password,
    requests: () => [...started.stdout().matchAll(/^\{.*\}$/gm)].flatMap(([line]) => requestIn(line)),
    async stop() {
      started.child.kill("SIGKILL");
      await started.ended;
    },
  };
}

const configuration = `
storage: ./storage
auth:
  htpasswd: { file: ./htpasswd, max_users: -1 }
uplinks: {}
packages:
  "@*/*": { access: $authenticated, publish: $authenticated, unpublish: $authenticated }
  "**": { access: $authenticated, publish: $authenticated, unpublish: $authenticated }
web: { enable: false }
max_body_size: 50mb
log: { type: stdout, format: json, level: http }
`;

function requestIn(line: string): string[] {
  const { user, status, request } = JSON.parse(line) as {
    user?: string | null;
    status?: number;
    request?: { method: string; url: string };
  };
  // It writes a line as soon as all of a request is there, too, when it has neither looked who asks nor answered; nobody
  // gets a 200 here without a name.
  const isEarly = user === null && status === 200;
  return request && status && !isEarly ? [`${user} ${request.method} ${status} ${request.url}`] : [];
}
