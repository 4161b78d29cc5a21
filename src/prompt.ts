/** The contract of the room `prompts/`: one file, one prompt, file name = prompt name. */
import type * as z from "zod";
import type { Source } from "./completion/source.ts";

export interface Prompt<Args extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  args: Args;
  /** What an argument can be completed from, where something is known. */
  completes?: Partial<Record<keyof z.output<Args> & string, Source>>;
  /** The tools without which it leads nowhere: it is offered where all of them are. */
  needs: readonly string[];
  /** It is about the machine that the server runs on: callers on others are not offered it. */
  here?: boolean;
  /** What the person says to the agent, in their words. */
  render(args: z.output<Args>): string;
}

/** The identity function; it exists so that the types of the arguments reach `render`. */
export function definePrompt<Args extends z.ZodObject>(prompt: Prompt<Args>): Prompt<Args> {
  return prompt;
}
