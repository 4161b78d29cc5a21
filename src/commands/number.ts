/** A flag that is a number. */
import { Problem } from "../problem.ts";
import type { Flag } from "./command.ts";

/** @returns `undefined` when the flag was not given @throws Problem `invalid_input` */
export function numberIn(flag: Flag | undefined, name: string, most: number): number | undefined {
  if (flag === undefined) return undefined;
  const number = Number(flag);
  if (typeof flag === "string" && /^\d{1,9}$/.test(flag) && number <= most) return number;
  throw new Problem("invalid_input", `--${name} must be a number from 0 to ${most}.`, `Correct --${name}.`);
}
