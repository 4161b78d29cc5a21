/**
 * docker, podman, skopeo, buildah and helm: `docker-credential-NAME ACTION`, the action's input on stdin, JSON on
 * stdout (github.com/docker/docker-credential-helpers).
 */
import { Secret } from "../secret.ts";
import { firstLine, hostOf, type Logins, type Protocol } from "./protocol.ts";

/** What clients take for "there is none", and not for a fault. */
const missing = "credentials not found in native keychain";

export const docker: Protocol = async ({ args: [action], lines, say, logins }) => {
  if (action === "get") return get(await firstLine(lines), say, logins);
  if (action === "store") return store(await firstLine(lines), say, logins);
  if (action === "erase") {
    const host = await firstLine(lines);
    if (await logins.remove(hostOf(host))) return 0;
    say(missing);
    return 1;
  }
  if (action === "list") {
    const hosts = [...(await logins.all())].filter(([key]) => !key.includes("/"));
    say(JSON.stringify(Object.fromEntries(hosts.map(([host, { username }]) => [host, username]))));
    return 0;
  }
  say(`Usage: docker-credential-fly-tokens get|store|erase|list`);
  return 1;
};

async function get(server: string, say: (line: string) => void, logins: Logins): Promise<number> {
  const login = (await logins.all()).get(hostOf(server));
  if (!login) {
    say(missing);
    return 1;
  }
  say(JSON.stringify({ ServerURL: server, Username: login.username, Secret: login.secret.reveal() }));
  return 0;
}

async function store(json: string, say: (line: string) => void, logins: Logins): Promise<number> {
  const { ServerURL, Username, Secret: value } = parse(json);
  if (
    typeof ServerURL !== "string" ||
    typeof Username !== "string" ||
    typeof value !== "string" ||
    !hostOf(ServerURL)
  ) {
    say("no credentials server URL");
    return 1;
  }
  await logins.put(hostOf(ServerURL), { username: Username, secret: new Secret(value) });
  return 0;
}

function parse(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
