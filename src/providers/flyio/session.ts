/** What flyctl's config.yml says. In a file of its own, so that starting the server loads no parser. */
import { parse } from "yaml";

/** The tokens of its user's session. @throws whatever the parser throws, with a quotation of the file */
export function sessionIn(text: string): string | undefined {
  const token = Object(parse(text, { logLevel: "error" })).access_token;
  return typeof token === "string" && token.trim() !== "" ? token : undefined;
}
