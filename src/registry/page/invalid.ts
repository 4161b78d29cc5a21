/** What was wrong with a form, beside the field that it is about. */
import type * as z from "zod";
import { Refusal } from "../caller.ts";

/** Sentences by the name of the field; `form` for what is about none. */
export type Mistakes = Record<string, string>;

/** How the page calls what a refusal may name. */
export interface FieldName {
  field: string;
  title: string;
  /** What to do when it does not have the form that is asked for. */
  advice?: string;
}

/**
 * The mistakes in what was filled in, or what the act makes of it.
 * @param fields by the names that the management API has for them
 * @throws what is no mistake of who filled it in
 */
export async function checked<Wanted, Result>(
  filled: unknown,
  schema: z.ZodType<Wanted>,
  fields: Record<string, FieldName>,
  act: (wanted: Wanted) => Promise<Result>,
): Promise<{ result: Result } | { mistakes: Mistakes; status: number }> {
  const parsed = schema.safeParse(filled);
  if (!parsed.success) {
    const mistakes: Mistakes = {};
    for (const { path, message } of parsed.error.issues) {
      const { field, title, advice }: FieldName = fields[String(path[0])] ?? { field: "form", title: "It" };
      mistakes[field] ??= advice ?? `${title}: ${message}.`;
    }
    return { mistakes, status: 400 };
  }
  try {
    return { result: await act(parsed.data) };
  } catch (error) {
    if (!(error instanceof Refusal) || ![400, 404, 409].includes(error.status)) throw error;
    const [, name = ""] = /^`(\w+)`/.exec(error.message) ?? [];
    const named = fields[name];
    const mistakes = named
      ? { [named.field]: error.message.replace(/^`\w+`/, named.title) }
      : { form: error.message };
    return { mistakes, status: error.status };
  }
}
