/** What the platform answers, as data or as a problem. What it says is quoted, never obeyed. */
import { Problem, type ProblemCode, quote } from "../../problem.ts";
import { refusal } from "../http.ts";
import type { Credential } from "./credential.ts";

/** What one is to do about a refusal. @param source the setting or file with the credential */
function fixesFor(source: string): Partial<Record<ProblemCode, string>> {
  const again = source.endsWith(".json") ? "" : ` and remove ${source}`;
  return {
    unauthorized: `Log in again with \`fly-tokens login jfrog\`${again}, or set ${again ? source : "JFROG_URL and JFROG_ACCESS_TOKEN"} to a token that is valid.`,
    forbidden: "Ask an admin of the team, or use the credential of somebody who may.",
    not_found: "Look it up with list_tokens, or correct the name.",
    invalid_input: "Correct the argument and call again.",
    rate_limited: "Wait, then try again.",
    provider_down: "Try again; if it stays so, look at the platform's status page.",
  };
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** Where was asked, and with whose credential. */
type Asked = Pick<Credential, "url" | "source">;

/** The data of a successful answer. @throws Problem */
export async function answer<Data>(call: Promise<Answer<Data>>, asked: Asked): Promise<Data> {
  const { data, error, response } = await call.catch((cause) => {
    throw cause instanceof SyntaxError ? notThePlatform(asked) : cause;
  });
  if (response.ok && typeof data === "object" && data !== null) return data;
  throw response.ok ? notThePlatform(asked) : refused(response, error, asked);
}

/** `undefined` for what is not there, or is not for the caller to see: the platform says either. @throws Problem */
export async function ifThere<Data>(call: Promise<Answer<Data>>, asked: Asked): Promise<Data | undefined> {
  return call.then(
    ({ error, response: { status } }) =>
      said(error) !== undefined && (status === 404 || status === 403) ? undefined : answer(call, asked),
    () => answer(call, asked),
  );
}

/** A refusal as a problem. @param error its body: JSON of either form, or a text */
export function refused(response: Response, error: unknown, { url, source }: Asked): Problem {
  const text = said(error);
  const fixes = fixesFor(source);
  if (text === undefined && isPage(error))
    return refusal(
      response,
      `${aPage(url)} (${response.status}): a gateway or a firewall stands in front of the platform.`,
      {
        ...fixes,
        forbidden:
          "Ask who runs the network or the firewall in front of the platform to let this program through.",
      },
    );
  if (response.status === 401 && /\bexpired\b/i.test(text ?? ""))
    return new Problem("unauthorized", `The credential in ${source} has expired.`, fixes.unauthorized ?? "", {
      cause: new Error(quote(text ?? "")),
    });
  return refusal(response, text && `The platform says: "${quote(text, 250)}"`, fixes);
}

/** The message of the Access service's form, of Artifactory's, or of one beside them. */
function said(error: unknown): string | undefined {
  const { errors, message, error: other } = Object(error) as Record<string, unknown>;
  const first = Array.isArray(errors) ? (Object(errors[0]) as Record<string, unknown>) : {};
  const texts = [first.message, first.detail, message, other, first.code];
  return texts.find((text): text is string => typeof text === "string" && text.trim() !== "");
}

function isPage(error: unknown): boolean {
  return typeof error === "string" && /^\s*<(!doctype|html|head|body|\?xml)/i.test(error);
}

function aPage(url: string): string {
  return `What answers at ${new URL(url).host} is a web page`;
}

export function notThePlatform({ url }: Asked): Problem {
  return new Problem(
    "provider_down",
    `What answers at ${new URL(url).host} is not the JFrog Platform: its answer is not of the form that is documented.`,
    "Correct the platform's URL, or see whether a proxy or a login page stands in front.",
  );
}
