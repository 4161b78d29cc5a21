// Written by `npm run generate`.
import { docker } from "./docker.ts";
import { helm } from "./helm.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { podman } from "./podman.ts";

export const packageManagers: readonly PackageManager[] = [docker, helm, npm, pip, podman];
