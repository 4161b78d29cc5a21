/** Files that are ours from the first to the last character: the whole text is the one value. */
import type { Format } from "./format.ts";

/** The only path is `[]`. */
export const whole: Format = {
  id: "whole",
  read: (text) => (text === "" ? undefined : text),
  write: (_, __, source) => source,
  erase: () => "",
};
