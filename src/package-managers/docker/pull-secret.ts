/** What a cluster pulls images with: the value of `.dockerconfigjson` in a secret of type `kubernetes.io/dockerconfigjson`. */
import type { Secret } from "../../secret.ts";
import { checkText, checkUsername } from "../input.ts";
import { checkHost } from "./config.ts";

export interface HostLogin {
  /** `host[:port]`. */
  host: string;
  username: string;
  secret: Secret;
}

/**
 * Docker's format with the login spelled out too, as `kubectl create secret docker-registry` makes it.
 *
 * @returns JSON text that holds the secrets
 * @throws Problem `invalid_input`
 */
export function dockerConfigJson(logins: readonly HostLogin[]): string {
  const auths = logins.map(({ host, username, secret }) => {
    checkHost(host);
    checkUsername(username);
    const password = checkText("token", secret.reveal());
    return [host, { username, password, auth: Buffer.from(`${username}:${password}`).toString("base64") }];
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}
