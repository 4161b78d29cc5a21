/** The style, the script and the icon: from our own origin, named by their content. */
import type { Hono } from "hono";
import { hashOf } from "../credential.ts";
import type { PageEnv } from "./gate.ts";
import { guarded } from "./headers.ts";
import { icon, script } from "./script.ts";
import { style } from "./style.ts";

const files = {
  "/page.css": { type: "text/css; charset=utf-8", text: style },
  "/page.js": { type: "text/javascript; charset=utf-8", text: script },
  "/page.svg": { type: "image/svg+xml", text: icon },
} as const;

type FileName = keyof typeof files;

/** Where a page finds a file. */
export function addressOf(name: FileName): string {
  return `${name}?v=${version(name)}`;
}

export function fileRoutes(room: Hono<PageEnv>): void {
  for (const name of Object.keys(files) as FileName[]) {
    const { type, text } = files[name];
    room.get(name, (c) => {
      // A replica of another version may have written the page: it gets what there is, and asks again the next time.
      const lasting = c.req.query("v") === version(name);
      return c.body(text, 200, {
        ...guarded,
        "content-type": type,
        "cache-control": lasting ? "public, max-age=31536000, immutable" : "no-cache",
      });
    });
  }
}

function version(name: FileName): string {
  return hashOf(files[name].text).slice(0, 16);
}
