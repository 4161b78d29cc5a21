// Written by `npm run generate`.
import type { Delivery } from "./delivery.ts";
import { envFile } from "./env-file.ts";
import { file } from "./file.ts";
import { flySecrets } from "./fly-secrets.ts";
import { githubActions } from "./github-actions.ts";
import { inline } from "./inline.ts";
import { keychain } from "./keychain.ts";
import { kubernetes } from "./kubernetes.ts";
import { revealPage } from "./reveal-page.ts";

export const deliveries: readonly Delivery[] = [envFile, file, flySecrets, githubActions, inline, keychain, kubernetes, revealPage] as never;
