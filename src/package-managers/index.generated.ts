// Written by `npm run generate`.
import { bun } from "./bun.ts";
import { docker } from "./docker.ts";
import { netrc } from "./netrc.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { pnpm } from "./pnpm.ts";
import { poetry } from "./poetry.ts";
import { twine } from "./twine.ts";
import { yarnBerry } from "./yarn-berry.ts";
import { yarn } from "./yarn.ts";

export const packageManagers: readonly PackageManager[] = [bun, docker, netrc, npm, pip, pnpm, poetry, twine, yarn, yarnBerry];
