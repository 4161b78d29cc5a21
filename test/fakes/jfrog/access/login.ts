/**
 * The login in the browser: a client announces a session, the person enters its last four characters on the platform's
 * page, the client gets their token, once.
 */
import { type Answer, accessError, empty, html, json } from "../answer.ts";
import { issue } from "../issue.ts";
import { fieldsOf, type Incoming } from "../request.ts";
import { atLeast } from "../version.ts";
import type { LoginSession, World } from "../world.ts";
import { minted } from "./minted.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function requestLogin({ world, body }: Incoming): Answer {
  if (!atLeast(world.settings.version, "7.64.0")) return accessError(404, "HTTP 404 Not Found");
  const { session } = fieldsOf(body);
  if (typeof session !== "string" || !uuid.test(session)) return accessError(400, "session must be a UUID");
  if (!sessionOf(world, session)) world.sessions.push({ id: session, token: undefined, taken: false });
  return empty(200);
}

/** Pending, unknown and taken sessions are answered alike; only the first is documented. */
export function getLoginToken({ world, path }: Incoming): Answer {
  if (!atLeast(world.settings.version, "7.64.0")) return accessError(404, "HTTP 404 Not Found");
  const session = sessionOf(world, path.session ?? "");
  if (!session?.token || session.taken) return accessError(400, "Login request is pending");
  session.taken = true;
  return json(minted(session.token, "Bearer"));
}

/** @returns whether the code is the session's */
export function approve(world: World, id: string, username: string, code: string): boolean {
  const session = sessionOf(world, id);
  if (!session || session.id.slice(-4).toLowerCase() !== code.trim().toLowerCase()) return false;
  session.token ??= issue(world, {
    username,
    scope: "applied-permissions/user",
    life: world.settings.defaultExpiry,
    description: "Web login",
    refreshable: true,
  });
  return true;
}

/** The platform's page, for a person who tries the fake. */
export function loginPage({ world, query }: Incoming): Answer {
  const [id, username, code] = ["jfClientSession", "user", "code"].map((name) => query.get(name) ?? "");
  if (code && approve(world, id ?? "", username ?? "", code))
    return html("<p>You are logged in. Go back to your terminal.</p>");
  const names = world.users.map(({ name }) => `<option>${name}</option>`);
  return html(`<!doctype html><title>A fake JFrog</title>
<form><input type="hidden" name="jfClientSession" value="${escaped(id ?? "")}">
<p><label>Log in as <select name="user">${names.join("")}</select></label>
<p><label>The last 4 characters that your terminal shows <input name="code" maxlength="4" autofocus></label>
${code ? "<p>These are not the last 4 characters of this login." : ""}
<p><button>Log in</button></form>`);
}

function sessionOf({ sessions }: World, id: string): LoginSession | undefined {
  return sessions.find((one) => one.id === id);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
