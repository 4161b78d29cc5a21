/**
 * What a tool is known by before it is loaded: all that an agent is told of it. `npm run generate` writes it down for the
 * room `tools/`, since to make every schema at every start, and over HTTP for every request, would cost more than all else.
 */
import type { Tool } from "./tool.ts";

/** What is said of a tool. */
export interface Said extends Pick<Tool, "name" | "title" | "description" | "effect" | "quiet" | "here"> {
  /** Whether a person may have to agree (`plan`). */
  asks: boolean;
  /** Whether its output hands over something that can be lost (`lost`). */
  makes: boolean;
  /** JSON Schema (2020-12) of everything that it understands. */
  input: Readonly<Record<string, unknown>>;
  /** The members of its output. */
  output: readonly string[];
  /** What it is to callers on other machines, as `Tool.elsewhere`. */
  elsewhere?: Said | Pick<Tool, "description" | "quiet"> | undefined;
}

export interface Offer extends Said {
  load(): Promise<Tool>;
}
