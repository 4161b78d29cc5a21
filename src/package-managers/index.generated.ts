// Written by `npm run generate`.
import { docker } from "./docker.ts";
import { dotnet } from "./dotnet.ts";
import { maven } from "./maven.ts";
import { npm } from "./npm.ts";
import { nuget } from "./nuget.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";

export const packageManagers: readonly PackageManager[] = [docker, dotnet, maven, npm, nuget, pip];
