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
export async function readForm(request: Request): Promise<Form> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new Refusal(415, "not_a_form", "This takes a form of its page; nothing was changed.");
  const fields = new URLSearchParams((await readBody(request, limit)).toString());
  return (field) => fields.get(field) ?? "";
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
