/** Every protocol by the name that follows `fly-tokens credential-helper`. */
import { cargo } from "./cargo.ts";
import { docker } from "./docker.ts";
import { keyring } from "./keyring.ts";
import { pnpm } from "./pnpm.ts";
import type { Protocol } from "./protocol.ts";

export const protocols: Readonly<Record<string, Protocol>> = { cargo, docker, keyring, pnpm };
