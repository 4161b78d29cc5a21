/** What a token may be called. */
import { Problem } from "../problem.ts";

/** @throws Problem `invalid_input` for a name that is none, or that hides something */
export function checkedName(name: string): string {
  const length = [...name].length;
  const isLong = length > 100;
  if (isLong || name.trim() === "" || /[\p{C}\p{Zl}\p{Zp}]/u.test(name))
    throw new Problem(
      "invalid_input",
      isLong
        ? "The name is longer than 100 characters."
        : "The name is empty or contains invisible characters.",
      "Name it in 1 to 100 visible characters.",
    );
  return name.trim().replace(/\s+/g, " ");
}
