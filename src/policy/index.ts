/** The operator's policy, out of the settings. */
import type { Config } from "../config.ts";
import { expiresAt } from "../expiry.ts";
import type { Policy } from "./policy.ts";

const usual = "30d";

/** The settings alone, when there is no file. */
export function openPolicy(config: Config): Policy {
  const { inline_secrets, confirm, read_only, tools, max_expiry } = config;
  return {
    inline_secrets,
    confirm,
    read_only,
    tools,
    expiry: (text, _wish, now) =>
      text === undefined && max_expiry !== undefined
        ? new Date(
            Math.min(
              now.getTime() + max_expiry,
              expiresAt(usual, now)?.getTime() ?? Number.POSITIVE_INFINITY,
            ),
          )
        : expiresAt(text ?? usual, now, max_expiry),
    longest: () => max_expiry,
    permit: () => {},
    permitDelivery: () => {},
    asks: () => undefined,
    protects: false,
    sentences: () => [],
  };
}
