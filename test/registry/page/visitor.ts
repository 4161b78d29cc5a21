/** Someone at the token page without a browser: keeps the cookie, fills in forms, sends them as browsers do. */
import type { TestRegistry } from "../../support/registry.ts";

export interface Answer {
  status: number;
  headers: Headers;
  html: string;
  /** Where it leads, for a redirect. */
  location: string | null;
  /** The text of the `h1`, and of what went wrong. */
  heading: string;
  alert: string;
}

export type Fields = Record<string, string>;

/** What a browser is asked for by somebody else's page instead of ours. */
export type Headers403 = Record<string, string | undefined>;

export class Visitor {
  readonly #registry: Pick<TestRegistry, "url">;
  readonly #origin: string;
  cookie: string | undefined;

  /** @param origin where the registry is reached, when that is not where it listens */
  constructor(registry: Pick<TestRegistry, "url">, origin = registry.url) {
    this.#registry = registry;
    this.#origin = origin;
  }

  /** The same session at another replica. */
  at(registry: Pick<TestRegistry, "url">): Visitor {
    const same = new Visitor(registry, this.#origin);
    same.cookie = this.cookie;
    return same;
  }

  get(path: string): Promise<Answer> {
    return this.#ask(path, {});
  }

  /** Sends fields as they are, without what the page's form has. @param headers instead of those of a browser */
  post(path: string, fields: Fields, headers: Headers403 = {}): Promise<Answer> {
    const given = Object.entries({
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    }).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return this.#ask(path, {
      method: "POST",
      headers: Object.fromEntries(given),
      body: `${new URLSearchParams(fields)}`,
    });
  }

  /** Opens a page and sends its main form. @returns the answer, and what was sent */
  async submit(path: string, fields: Fields = {}): Promise<Answer & { sent: Fields }> {
    const { html } = await this.get(path);
    const main = html.slice(html.indexOf("<main"));
    const form = /<form method="post" action="([^"]+)"[^>]*>(.*?)<\/form>/s.exec(main);
    if (!form?.[1]) throw new Error(`${path} has no form: ${html}`);
    const sent = { ...filledIn(form[2] ?? ""), ...fields };
    return { ...(await this.post(form[1], sent)), sent };
  }

  /** What tells this session's forms from others. */
  async formToken(): Promise<string> {
    return filledIn((await this.get("/environments/new")).html).form_token ?? "";
  }

  logIn(key: string, next = ""): Promise<Answer> {
    return this.post("/log-in", { key, next });
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    headers.set("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    if (this.cookie) headers.set("cookie", `other=1; ${this.cookie}`);
    const response = await fetch(this.#registry.url + path, { ...init, headers, redirect: "manual" });
    const cookie = response.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.includes("Max-Age=0") ? undefined : cookie.split(";")[0];
    const html = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      html,
      location: response.headers.get("location"),
      heading: textOf(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? ""),
      alert: textOf(/<(\w+)[^>]* (?:role="alert"|class="wrong")[^>]*>(.*?)<\/\1>/s.exec(html)?.[2] ?? ""),
    };
  }
}

/** Someone who is logged in. */
export async function visit(registry: TestRegistry, key = registry.adminKey): Promise<Visitor> {
  const visitor = new Visitor(registry);
  const { status } = await visitor.logIn(key);
  if (status !== 303) throw new Error(`The log-in was answered with ${status}.`);
  return visitor;
}

/** What a form would send as it is. */
function filledIn(form: string): Fields {
  const fields: Fields = {};
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const attribute = (name: string) => unescaped(new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1]);
    if (attribute("type") === "radio" && !/ checked\b/.test(input)) continue;
    fields[attribute("name") ?? ""] = attribute("value") ?? "";
  }
  for (const [, name = "", options = ""] of form.matchAll(/<select[^>]* name="(\w+)"[^>]*>(.*?)<\/select>/gs))
    fields[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? "";
  return fields;
}

/** What is read of HTML. */
export function textOf(html: string): string {
  const text = unescaped(html.replace(/<[^>]+>/g, " ")) ?? "";
  return text.replace(/\s+/g, " ").trim();
}

function unescaped(text: string | undefined): string | undefined {
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text?.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => signs[name] ?? "");
}
