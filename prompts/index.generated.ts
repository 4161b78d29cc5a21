// Written by `npm run generate`.
import type { Prompt } from "../src/prompt.ts";
import { auditTokens } from "./audit-tokens.ts";
import { deploymentToken } from "./deployment-token.ts";
import { offboardPerson } from "./offboard-person.ts";
import { rotateBeforeExpiry } from "./rotate-before-expiry.ts";
import { setUpCi } from "./set-up-ci.ts";
import { setUpThisMachine } from "./set-up-this-machine.ts";

export const prompts: readonly Prompt[] = [auditTokens, deploymentToken, offboardPerson, rotateBeforeExpiry, setUpCi, setUpThisMachine] as never;
