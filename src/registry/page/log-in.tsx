/** Logging in with a user's key, and out again. */
import type { Hono } from "hono";
import { Refusal } from "../caller.ts";
import { credentialKind } from "../credential.ts";
import type { RoomDeps } from "../room.ts";
import { sessionCookie, sessionIn } from "./cookie.ts";
import { destinationIn, logInAddress } from "./destination.ts";
import { answer, type View } from "./document.tsx";
import { checkOrigin, readForm } from "./forms.ts";
import { goTo, type PageEnv } from "./gate.ts";
import { Field, Head } from "./parts.tsx";
import { closeSession, findSession, openSession } from "./sessions.ts";

interface Failure {
  status: number;
  sentence: string;
  headers?: Record<string, string>;
}

export function logInRoutes(room: Hono<PageEnv>, { db, door, now, origin }: RoomDeps): void {
  room.get("/log-in", async (c) => {
    const here = origin(c.req.raw);
    const destination = destinationIn(c.req.query("next") ?? "", here);
    const value = sessionIn(c.req.raw, here);
    const visitor = value === undefined ? undefined : await findSession(db, value, now());
    if (visitor) return goTo(destination);
    // Who follows a link on another site comes without the cookie (it is `SameSite=Strict`), logged in or not: from here
    // the browser comes back once, with it.
    const isFromElsewhere =
      c.req.header("sec-fetch-site") === "cross-site" && c.req.query("again") === undefined;
    const headers = isFromElsewhere ? { refresh: `0; url=${logInAddress(destination, "again")}` } : {};
    return answer({ ...logInPage(destination, undefined, c.req.query("ended") !== undefined), headers });
  });

  room.post("/log-in", async (c) => {
    const here = origin(c.req.raw);
    checkOrigin(c.req.raw, here);
    const { form } = await readForm(c.req.raw);
    const destination = destinationIn(form("next"), here);
    const key = form("key").trim();
    const caller = await identified(key, c.req.raw);
    if ("sentence" in caller) return answer(logInPage(destination, caller));
    // A value that the browser came with is never taken over: nobody else can know the one that counts from now on.
    const former = sessionIn(c.req.raw, here);
    if (former !== undefined) await closeSession(db, former);
    const value = await openSession(db, caller, key, now());
    if (value === undefined) return answer(logInPage(destination, unknownKey));
    return goTo(destination, { "set-cookie": sessionCookie(here, value) });
  });

  async function identified(key: string, request: Request) {
    if (credentialKind(key) === "token") return aToken;
    try {
      const caller = await door.identify(key, request);
      return caller?.kind === "key" ? caller : unknownKey;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 429) throw error;
      return { status: 429, sentence: error.message, headers: error.headers };
    }
  }
}

const aToken: Failure = {
  status: 403,
  sentence:
    "This is a token (flyt_…): it opens packages, and manages nothing. Log in with your key (flyk_…).",
};

const unknownKey: Failure = {
  status: 403,
  sentence:
    "This is nobody's key. Copy it again, whole; if it is lost, have an admin remove you and add you anew.",
};

/** @param hasEnded whether a form was sent when nobody was logged in any more */
function logInPage(destination: string, failure?: Failure, hasEnded = false): View {
  return {
    title: "Log in",
    slim: true,
    ...(failure && { status: failure.status, headers: failure.headers ?? {} }),
    body: (
      <>
        <Head title="Log in" />
        {hasEnded && (
          <div class="notice warn" role="alert">
            <b>Your log-in has ended, and nothing was changed.</b>
            Log in: the form comes back as you filled it in.
          </div>
        )}
        <form method="post" action="/log-in" class="card">
          <input type="hidden" name="next" value={destination} />
          <Field
            name="key"
            label="Your key"
            value=""
            type="password"
            autocomplete="current-password"
            hint="It begins with flyk_. An admin who adds you gets it to hand on; the first admin's is in the file admin-key of the registry's folder."
            wrong={failure?.sentence}
            first
          />
          <div>
            <button type="submit" class="first">
              Log in
            </button>
          </div>
          <p class="quiet small">
            You stay logged in for 12 hours, or until you log out or close the browser.
          </p>
        </form>
      </>
    ),
  };
}
