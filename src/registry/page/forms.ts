/** Reads the form of a POST, and makes sure that a page of ours has sent it. */
import { isSameText } from "../../same-text.ts";
import { readBody } from "../body.ts";
import { Refusal } from "../caller.ts";

/** Bytes. */
const limit = 16 * 1024;

/** What was filled in; a field that is missing is empty. */
export type Form = (field: string) => string;

/**
 * Browsers say with every POST where it comes from; a request that does not say it comes from none.
 * @throws Refusal 403 for a form of another page
 */
export function checkOrigin(request: Request, origin: string): void {
  const site = request.headers.get("sec-fetch-site") ?? "same-origin";
  if (request.headers.get("origin") === origin && site === "same-origin") return;
  throw new Refusal(403, "forbidden", `This was not sent by a page of ${origin}; nothing was changed.`);
}

/** @throws Refusal 415 for another kind of body, 413 above 16 KiB */
export async function readForm(request: Request): Promise<{ form: Form; typed: string }> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new Refusal(415, "not_a_form", "This takes a form of its page; nothing was changed.");
  const fields = new URLSearchParams((await readBody(request, limit)).toString());
  return { form: (field) => fields.get(field) ?? "", typed: typedIn(fields) };
}

/** What a person has filled in, as the query of the form's page, which shows it again; nothing when that would be too long. */
function typedIn(fields: URLSearchParams): string {
  const typed = new URLSearchParams(fields);
  for (const ours of ["form_token", "number"]) typed.delete(ours);
  const query = typed.size === 0 ? "" : `?${typed}`;
  return query.length > 4000 ? "" : query;
}

/** @param expected the session's @throws Refusal 403 */
export function checkFormToken(form: Form, expected: string): void {
  if (isSameText(form("form_token"), expected)) return;
  throw new Refusal(
    403,
    "forbidden",
    "This form belongs to another session; nothing was changed. Open its page again.",
  );
}
