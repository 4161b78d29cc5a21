// Written by `npm run generate`.
import { bundler } from "./bundler.ts";
import { cargo } from "./cargo.ts";
import { composer } from "./composer.ts";
import { docker } from "./docker.ts";
import { gem } from "./gem.ts";
import { go } from "./go.ts";
import { netrc } from "./netrc.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { poetry } from "./poetry.ts";
import { twine } from "./twine.ts";

export const packageManagers: readonly PackageManager[] = [bundler, cargo, composer, docker, gem, go, netrc, npm, pip, poetry, twine];
