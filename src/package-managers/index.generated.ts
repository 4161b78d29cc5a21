// Written by `npm run generate`.
import { composer } from "./composer.ts";
import { docker } from "./docker.ts";
import { go } from "./go.ts";
import { npm } from "./npm.ts";
import { opentofu } from "./opentofu.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { terraform } from "./terraform.ts";

export const packageManagers: readonly PackageManager[] = [composer, docker, go, npm, opentofu, pip, terraform];
