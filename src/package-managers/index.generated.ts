// Written by `npm run generate`.
import { bundler } from "./bundler.ts";
import { docker } from "./docker.ts";
import { gem } from "./gem.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";

export const packageManagers: readonly PackageManager[] = [bundler, docker, gem, npm, pip];
