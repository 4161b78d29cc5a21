/** Debian's Chromium with a profile of its own, which can be searched once it is closed. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { client } from "./clients.ts";
import type { Machine } from "./machine.ts";

export interface Browser extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** Every address that was asked for. */
  asked: readonly string[];
  /** Closes it. @returns the files of its profile that hold one of the texts, also where they are UTF-16 */
  closeAndSearch(texts: readonly string[]): Promise<string[]>;
}

/** What it does by itself, it does not do here. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param script whether pages may run theirs @param dark what the person likes */
export async function openBrowser(
  machine: Machine,
  { script = true, dark = false }: { script?: boolean; dark?: boolean } = {},
): Promise<Browser> {
  const profile = machine.at("browser");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: client("chromium") ?? "",
    headless: true,
    args: quiet,
    // As people have it: what a page was, "back" may bring again.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    javaScriptEnabled: script,
    colorScheme: dark ? "dark" : "light",
    env: machine.env,
  });
  const asked: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    context,
    asked,
    async closeAndSearch(texts) {
      await context.close();
      const names = (await readdir(profile, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      const found: string[] = [];
      for (const { parentPath, name } of names) {
        const bytes = await readFile(join(parentPath, name));
        if (texts.some((text) => bytes.includes(text) || bytes.includes(Buffer.from(text, "utf16le"))))
          found.push(name);
      }
      return found;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
