// Written by `npm run generate`.
import { bun } from "./bun.ts";
import { bundler } from "./bundler.ts";
import { cargo } from "./cargo.ts";
import { composer } from "./composer.ts";
import { conda } from "./conda.ts";
import { docker } from "./docker.ts";
import { gem } from "./gem.ts";
import { go } from "./go.ts";
import { helm } from "./helm.ts";
import { netrc } from "./netrc.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pdm } from "./pdm.ts";
import { pip } from "./pip.ts";
import { pnpm } from "./pnpm.ts";
import { podman } from "./podman.ts";
import { poetry } from "./poetry.ts";
import { twine } from "./twine.ts";
import { uv } from "./uv.ts";
import { yarnBerry } from "./yarn-berry.ts";
import { yarn } from "./yarn.ts";

export const packageManagers: readonly PackageManager[] = [bun, bundler, cargo, composer, conda, docker, gem, go, helm, netrc, npm, pdm, pip, pnpm, podman, poetry, twine, uv, yarn, yarnBerry];
