// Written by `npm run generate`.
import type { Prompt } from "../src/prompt.ts";
import { deploymentToken } from "./deployment-token.ts";
import { setUpThisMachine } from "./set-up-this-machine.ts";

export const prompts: readonly Prompt[] = [deploymentToken, setUpThisMachine] as never;
