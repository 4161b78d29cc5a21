/**
 * What a browser may do with what is not a page of ours. Artifacts are other people's, and lie where the token page does: a
 * script in one (XML can hold some, too) would act with the cookie of whoever opens it.
 */
import type { MiddlewareHandler } from "hono";

/** It runs nothing, loads nothing, and belongs to no origin; it may be saved, and links in an index may be followed. */
const policy = "default-src 'none'; frame-ancestors 'none'; sandbox allow-downloads";

/** For every answer that brings no policy of its own, so that nobody who adds a room has to think of it. */
export const unscripted: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers } = c.res;
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", policy);
  headers.set("x-content-type-options", "nosniff");
};
