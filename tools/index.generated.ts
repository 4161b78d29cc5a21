// Written by `npm run generate`.
import type { Tool } from "../src/tool.ts";
import { checkPackageManager } from "./check-package-manager.ts";
import { configurePackageManager } from "./configure-package-manager.ts";
import { createEnvironment } from "./create-environment.ts";
import { deleteToken } from "./delete-token.ts";
import { describeEnvironment } from "./describe-environment.ts";
import { findLeaks } from "./find-leaks.ts";
import { generateToken } from "./generate-token.ts";
import { getStatus } from "./get-status.ts";
import { getToken } from "./get-token.ts";
import { listTokens } from "./list-tokens.ts";
import { restorePackageManager } from "./restore-package-manager.ts";
import { restrictToken } from "./restrict-token.ts";
import { revokeToken } from "./revoke-token.ts";
import { rotateToken } from "./rotate-token.ts";

export const tools: readonly Tool[] = [checkPackageManager, configurePackageManager, createEnvironment, deleteToken, describeEnvironment, findLeaks, generateToken, getStatus, getToken, listTokens, restorePackageManager, restrictToken, revokeToken, rotateToken] as never;
