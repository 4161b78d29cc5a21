/** Who may see a page, and which forms are taken. */
import type { Context, Handler } from "hono";
import type { RoomDeps } from "../room.ts";
import { sessionIn } from "./cookie.ts";
import { logInAddress } from "./destination.ts";
import { answer, type View } from "./document.tsx";
import { checkFormToken, checkOrigin, type Form, readForm } from "./forms.ts";
import { guarded } from "./headers.ts";
import { findSession, type Visitor } from "./sessions.ts";

/** The visitor, once known, also for the page that says what went wrong. */
export interface PageEnv {
  Variables: { visitor?: Visitor };
}

export type PageContext = Context<PageEnv>;

export interface Gate {
  /** A page for those who are logged in; others come back to it after the log-in. */
  shows(page: (visitor: Visitor, c: PageContext) => Promise<View> | View): Handler<PageEnv>;
  /** What a form does: its answer is a page, or the path of the next one. */
  does(
    act: (visitor: Visitor, form: Form, c: PageContext) => Promise<View | Response | string>,
  ): Handler<PageEnv>;
}

export function openGate({ db, door, now, origin }: RoomDeps): Gate {
  async function visitorOf(c: PageContext): Promise<Visitor | undefined> {
    const value = sessionIn(c.req.raw, origin(c.req.raw));
    const visitor = value === undefined ? undefined : await findSession(db, value, now());
    if (!visitor) return undefined;
    door.note(c.req.raw, visitor.caller);
    c.set("visitor", visitor);
    return visitor;
  }

  return {
    shows: (page) => async (c) => {
      const visitor = await visitorOf(c);
      if (visitor) return answer(await page(visitor, c), visitor);
      const { pathname, search } = new URL(c.req.url);
      return goTo(logInAddress(pathname + search));
    },
    does: (act) => async (c) => {
      checkOrigin(c.req.raw, origin(c.req.raw));
      const visitor = await visitorOf(c);
      const { form, typed } = await readForm(c.req.raw);
      // Every form's address also has a page.
      if (!visitor) return goTo(logInAddress(new URL(c.req.url).pathname + typed, "ended"));
      checkFormToken(form, visitor.formToken);
      const next = await act(visitor, form, c);
      if (next instanceof Response) return next;
      return typeof next === "string" ? goTo(next) : answer(next, visitor);
    },
  };
}

/** Sends the browser to a page, with GET. */
export function goTo(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { ...guarded, "cache-control": "no-store", location: path, ...headers },
  });
}
