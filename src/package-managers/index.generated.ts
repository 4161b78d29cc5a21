// Written by `npm run generate`.
import { bundler } from "./bundler.ts";
import { composer } from "./composer.ts";
import { conda } from "./conda.ts";
import { docker } from "./docker.ts";
import { gem } from "./gem.ts";
import { go } from "./go.ts";
import { netrc } from "./netrc.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pdm } from "./pdm.ts";
import { pip } from "./pip.ts";
import { pipenv } from "./pipenv.ts";
import { poetry } from "./poetry.ts";
import { twine } from "./twine.ts";
import { uv } from "./uv.ts";

export const packageManagers: readonly PackageManager[] = [bundler, composer, conda, docker, gem, go, netrc, npm, pdm, pip, pipenv, poetry, twine, uv];
