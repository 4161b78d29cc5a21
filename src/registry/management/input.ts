/** What a request brings: a JSON body or a query, of the form that is asked for. */
import * as z from "zod";
import { Refusal } from "../caller.ts";

/** Bytes. */
const bodyLimit = 64 * 1024;

/** A moment: ISO 8601 with `Z` or an offset. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** How much of a list is asked for. */
export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
};

/** @throws Refusal 415 when it is not JSON, 413 above 64 KiB, 400 when it does not fit the schema */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Refusal(415, "not_json", "The body has to be application/json.");
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, "invalid", "The body is not well-formed JSON.");
  }
  return matching(value, schema);
}

/** @throws Refusal 400 */
export function readQuery<T>(url: string, schema: z.ZodType<T>): T {
  return matching(Object.fromEntries(new URL(url).searchParams), schema);
}

function matching<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `\`${issue.path.join(".")}\`: ` : "";
  throw new Refusal(
    400,
    "invalid",
    `${where}${issue?.message ?? "It does not have the form that is asked for"}.`,
  );
}

async function readText(request: Request): Promise<string> {
  const announced = request.headers.get("content-length");
  // node:http lets no more than the announced length through.
  if (announced !== null && Number(announced) <= bodyLimit) return request.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) throw new Refusal(413, "too_large", "The body is larger than 64 KiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
