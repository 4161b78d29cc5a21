// Written by `npm run generate`.
import { cargo } from "./cargo.ts";
import { docker } from "./docker.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";

export const packageManagers: readonly PackageManager[] = [cargo, docker, npm, pip];
