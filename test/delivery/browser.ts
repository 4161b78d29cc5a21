/** A browser at a page of reveal_page, as far as tests need one: it says what it likes in its headers. */
import { request } from "node:http";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Asks for a page. @throws what the connection ended with */
export function ask(url: string, { method = "GET", headers = {}, body }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on("error", reject).end(body);
  });
}

/** Sends the form as a browser does. */
export function type(url: string, code: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = new URLSearchParams({ code }).toString();
  return ask(url, { method: "POST", headers: { ...formHeaders(url, body), ...headers }, body });
}

export function formHeaders(url: string, body: string): Record<string, string> {
  return {
    origin: new URL(url).origin,
    "sec-fetch-site": "same-origin",
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(Buffer.byteLength(body)),
  };
}

/** The value that a page shows, by a reading of its own. */
export function valueIn(page: string): string | undefined {
  const entities: Record<string, string> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  const [, shown] = /<output id="value"[^>]*>([^<]*)<\/output>/.exec(page) ?? [];
  return shown?.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? "");
}

/** Address and code, in the words that an agent is told. */
export function invitationIn(text: string): { url: string; code: string } {
  const [, url = "", code = ""] = /open (http:\S+) .*code (\S+) on the page/.exec(text) ?? [];
  return { url, code };
}
