/** The value of `.dockerconfigjson`: the login of our server, beside which others may stand. */
import { dockerConfigJson, type HostLogin } from "../../package-managers/docker/pull-secret.ts";
import { Secret } from "../../secret.ts";

/** What a docker configuration has of servers; others may have written it. */
interface DockerConfig {
  auths?: Record<string, { password?: unknown } | undefined>;
}

export type Server = Pick<HostLogin, "host" | "path">;

/** In base64, as a secret of Kubernetes has it. @throws Problem `invalid_input` */
export function encoded(logins: readonly HostLogin[]): string {
  return base64(dockerConfigJson(logins));
}

/**
 * The same with another login of this server; those of others stay.
 * @param former base64
 * @returns `undefined` where it holds none of this server
 * @throws Problem `invalid_input`
 */
export function renewed(former: string, login: HostLogin): string | undefined {
  const config = decoded(former);
  if (config.auths?.[nameOf(login)] === undefined) return undefined;
  const { auths } = JSON.parse(dockerConfigJson([login])) as Required<DockerConfig>;
  return base64(JSON.stringify({ ...config, auths: { ...config.auths, ...auths } }));
}

/** @param value base64 */
export function passwordIn(value: string, server: Server): Secret | undefined {
  const password = decoded(value).auths?.[nameOf(server)]?.password;
  return typeof password === "string" && password ? new Secret(password) : undefined;
}

const nameOf = ({ host, path }: Server) => (path ? `${host}/${path}` : host);
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Empty where it is none. */
function decoded(value: string): DockerConfig {
  try {
    const config: unknown = JSON.parse(Buffer.from(value, "base64").toString());
    return typeof config === "object" && config !== null ? config : {};
  } catch {
    return {};
  }
}
