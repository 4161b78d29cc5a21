/** Where we keep what we have to remember ourselves: a folder of ours, or a database that replicas share. */
import type * as z from "zod";
import type { Lines } from "./lines.ts";
import type { Once } from "./once.ts";
import type { Records } from "./records.ts";

export interface State {
  /**
   * Things by name.
   * @param room nobody else's
   * @param secrets the fields that hold some: where others than our user could read them they are sealed
   */
  records<Item extends object>(
    room: string,
    shape: z.ZodType<Item>,
    secrets?: readonly (keyof Item & string)[],
  ): Records<Item>;
  /** Things in the order of time. @param most how many are kept at least; never more than twice as many */
  lines<Item>(room: string, shape: z.ZodType<Item>, most: number): Lines<Item>;
  /** What counts once. */
  once(room: string): Once;
  /** After this it is used no more. */
  close(): Promise<void>;
}
