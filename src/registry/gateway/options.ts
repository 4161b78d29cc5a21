/** Registries that a team already runs, behind this one's tokens. */
import type { Secret } from "../../secret.ts";

export interface GatewayOptions {
  /**
   * Their URLs, by ecosystem. Those of npm and PyPI are asked in the place of the rooms here, and may carry a credential:
   * `user:password@`, or `:token@` for Bearer. That of docker (a distribution registry with token authentication) is the
   * one that clients use; they come here only for their tokens.
   */
  upstreams: { [ecosystem in "npm" | "pypi" | "docker"]?: Secret | undefined };
  /** Absolute path of a PEM file with a private key and its certificate, which the docker registry trusts. */
  certificate?: string | undefined;
  /** The bearer with which the docker registry reports what was pushed and pulled. */
  events?: Secret | undefined;
}
