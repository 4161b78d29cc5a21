/** What a cluster pulls images with: the value of `.dockerconfigjson` in a secret of type `kubernetes.io/dockerconfigjson`. */
import { Secret } from "../../secret.ts";
import { checkText, checkUsername } from "../input.ts";
import { checkHost } from "./config.ts";

export interface HostLogin {
  /** `host[:port]`. */
  host: string;
  /** Below the host: a cluster takes the login for images under it, docker for all of the host. */
  path?: string | undefined;
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
  const auths = logins.map(({ host, path, username, secret }) => {
    checkHost(host);
    checkUsername(username);
    const password = checkText("token", secret.reveal());
    // A secret of its own: in a manifest it is encoded once more, and whoever quotes that quotes the token.
    const auth = new Secret(Buffer.from(`${username}:${password}`).toString("base64"));
    return [path ? `${host}/${path}` : host, { username, password, auth: auth.reveal() }];
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}
