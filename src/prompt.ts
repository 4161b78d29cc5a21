/** The contract of the room `prompts/`: one file, one prompt, file name = prompt name. */
import type * as z from "zod";

export interface Prompt<Args extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  args: Args;
  /** What the person says to the agent, in their words. */
  render(args: z.output<Args>): string;
}

/** The identity function; it exists so that the types of the arguments reach `render`. */
export function definePrompt<Args extends z.ZodObject>(prompt: Prompt<Args>): Prompt<Args> {
  return prompt;
}
