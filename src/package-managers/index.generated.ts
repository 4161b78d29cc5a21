// Written by `npm run generate`.
import { bundler } from "./bundler.ts";
import { composer } from "./composer.ts";
import { docker } from "./docker.ts";
import { gem } from "./gem.ts";
import { go } from "./go.ts";
import { helm } from "./helm.ts";
import { netrc } from "./netrc.ts";
import { npm } from "./npm.ts";
import type { PackageManager } from "./package-manager.ts";
import { pip } from "./pip.ts";
import { podman } from "./podman.ts";
import { poetry } from "./poetry.ts";
import { twine } from "./twine.ts";

export const packageManagers: readonly PackageManager[] = [bundler, composer, docker, gem, go, helm, netrc, npm, pip, podman, poetry, twine];
