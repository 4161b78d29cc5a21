/** A client of the fake for its own tests: nothing but fetch. */
import type { FakeJfrog } from "./fake.ts";

export interface Reply {
  ok: boolean;
  status: number;
  /** JSON where it is that, else the text; a test looks at what it expects there. */
  body: never;
  headers: Headers;
}

/** @param request a method and a path; @param token sent as Bearer, or as it is when it names its scheme */
export async function ask(fake: FakeJfrog, token: string, request: string, body?: unknown): Promise<Reply> {
  const [method = "GET", path = "/"] = request.split(" ");
  const response = await fetch(`${fake.url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token && { authorization: /^\w+ /.test(token) ? token : `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { ok: response.ok, status: response.status, body: parsed(text) as never, headers: response.headers };
}

export const tokens = "/access/api/v1/tokens";

export function basic(username: string, token: string): string {
  return `Basic ${Buffer.from(`${username}:${token}`).toString("base64")}`;
}

/** A clock that a test can turn. */
export function clock(start = "2026-03-01T10:00:00Z") {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    forward(hours: number) {
      time += hours * 3_600_000;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
