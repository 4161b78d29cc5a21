// Written by `npm run generate`.
import { bun } from "./bun.ts";
import { docker } from "./docker.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { pnpm } from "./pnpm.ts";
import { yarn } from "./yarn.ts";

export const packageManagers: readonly PackageManager[] = [bun, docker, npm, pip, pnpm, yarn];
