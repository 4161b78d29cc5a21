// Written by `npm run generate`.
import type { Resource } from "../resource.ts";
import { environment } from "./environment.ts";
import { packageManagerGuide } from "./package-manager-guide.ts";
import { tokensPage } from "./tokens-page.ts";
import { tokens } from "./tokens.ts";

export const resources: readonly Resource[] = [environment, packageManagerGuide, tokens, tokensPage];
