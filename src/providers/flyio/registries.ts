/** registry.fly.io: images, and nothing else. */
import type { Config } from "../../config.ts";
import { MacaroonFault } from "../../macaroon/fault.ts";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import type { Registries, Token } from "../provider.ts";
import { bagOf } from "./authorization.ts";

export function registriesOf(
  config: Config,
  introspect: (secret: Secret) => Promise<Token | undefined>,
): Registries {
  return {
    async endpoint(ecosystem) {
      if (ecosystem === "docker") return { ecosystem, url: config.fly_registry_host, mirrors: false };
      throw new Problem(
        "unsupported",
        `Fly.io has no registry for ${ecosystem} packages.`,
        "Use it for docker images; for packages pass provider: local.",
        { allowed: ["docker"] },
      );
    },
    // The scheme in front of it is for headers; docker takes the rest, macaroons alone if there are any.
    password(secret) {
      const { macaroons, others } = bagOf(secret);
      const parts = macaroons.length > 0 ? macaroons : others;
      return new Secret(parts.map((one) => one.reveal()).join(","));
    },
    async introspect(secret) {
      try {
        return await introspect(secret);
      } catch (error) {
        // What lies in a configuration file need not be a token at all.
        if (error instanceof MacaroonFault) return undefined;
        throw error;
      }
    },
  };
}
