/**
 * The room for people: the token page at `/`. It is written on the server and works without a script. Machines that ask at
 * `/` get what they always got: pages are for those who ask for HTML.
 */
import { Hono, type MiddlewareHandler } from "hono";
import { negotiate } from "../accept.ts";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { sessionCookie, sessionIn } from "./cookie.ts";
import { answer } from "./document.tsx";
import { environmentRoutes } from "./environments/index.tsx";
import { fileRoutes } from "./files.ts";
import { goTo, openGate, type PageEnv } from "./gate.ts";
import { logInRoutes } from "./log-in.tsx";
import { closeSession } from "./sessions.ts";
import { tokenRoutes } from "./tokens/index.tsx";
import { faultPage, notFoundPage, refusalPage } from "./trouble.tsx";
import { userRoutes } from "./users/index.tsx";

export function pageRoom(deps: RoomDeps): Hono<PageEnv> {
  const room = new Hono<PageEnv>();
  const gate = openGate(deps);
  room.onError((error, c) => {
    if (error instanceof Refusal) return answer(refusalPage(error), c.get("visitor"));
    throw error;
  });
  room.get("/", forPeople);
  fileRoutes(room);
  logInRoutes(room, deps);
  room.get("/log-out", () => goTo("/"));
  room.post(
    "/log-out",
    gate.does(async (_visitor, _form, c) => {
      const here = deps.origin(c.req.raw);
      await closeSession(deps.db, sessionIn(c.req.raw, here) ?? "");
      return goTo("/log-in", { "set-cookie": sessionCookie(here) });
    }),
  );
  tokenRoutes(room, gate, deps);
  environmentRoutes(room, gate, deps);
  userRoutes(room, gate, deps);
  return room;
}

const forPeople: MiddlewareHandler = async (c, next) => {
  if (!wantsPage(c.req.raw)) return c.notFound();
  return await next();
};

/** A page for who asked for one where nothing is; `undefined` for others. */
export function nothingHere(request: Request): Response | undefined {
  return wantsPage(request) ? answer(notFoundPage()) : undefined;
}

/** A page for who asked for one and met a fault of ours; `undefined` for others. */
export function failedHere(request: Request): Response | undefined {
  return wantsPage(request) ? answer(faultPage()) : undefined;
}

/** Whether somebody asks with a browser. */
function wantsPage(request: Request): boolean {
  return negotiate(request.headers.get("accept"), ["application/json", "text/html"]) === "text/html";
}
