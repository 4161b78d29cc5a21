/**
 * The token service in front of a docker registry that a team runs: its clients come here for their tokens, and what
 * they push and pull is reported here. No image passes through.
 */
import type { TokenRow } from "../../store/schema.ts";
import type { GatewayOptions } from "../options.ts";
import { bearerCheck } from "./bearer.ts";
import { readSigningKey } from "./certificate.ts";
import { accessOf, formatAccess, signFor } from "./tokens.ts";

export interface DockerGateway {
  /** Host and port of the registry, which is how it has to call itself as `service`. */
  service: string;
  /**
   * What a token gets for what is asked for; a smaller grant (`scope`) is not an error.
   * @throws Refusal 503 once the certificate has expired
   */
  login(
    token: Pick<TokenRow, "id" | "permission" | "expires_at">,
    asked: readonly string[],
  ): Promise<{ value: string; expiresIn: number; scope: string }>;
  /** Whether an Authorization header is that of the registry's reports; `undefined`: it does not report. */
  reports: ((authorization: string | null) => boolean) | undefined;
}

/** Milliseconds. */
const day = 86_400_000;
const warnBefore = 30 * day;

/**
 * @param log is told, at most once a day, that the certificate ends soon
 * @returns `undefined` when no docker registry is behind the gateway
 * @throws Problem when there is one, and no key that it could trust
 */
export async function openDockerGateway(
  { upstreams, certificate, events }: GatewayOptions,
  now: () => Date,
  log: ((line: Record<string, unknown>) => void) | undefined,
): Promise<DockerGateway | undefined> {
  if (!upstreams.docker) return undefined;
  const service = new URL(upstreams.docker.reveal()).host;
  const signing = await readSigningKey(certificate, now());
  let warned = Number.NEGATIVE_INFINITY;

  function warn(at: Date): void {
    const left = signing.expires.getTime() - at.getTime();
    if (left > warnBefore || at.getTime() - warned < day) return;
    warned = at.getTime();
    log?.({
      time: at.toISOString(),
      warning: `The certificate of FLY_TOKENS_GATEWAY_CERTIFICATE expires on ${signing.expires.toISOString()}; from then on the docker registry accepts no token.`,
    });
  }

  warn(now());
  return {
    service,
    async login(token, asked) {
      const at = now();
      warn(at);
      const access = accessOf(asked, token.permission);
      return { ...(await signFor(token, access, service, signing, at)), scope: formatAccess(access) };
    },
    reports: events && bearerCheck(events),
  };
}
