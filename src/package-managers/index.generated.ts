// Written by `npm run generate`.
import { docker } from "./docker.ts";
import { gradle } from "./gradle.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";

export const packageManagers: readonly PackageManager[] = [docker, gradle, npm, pip];
