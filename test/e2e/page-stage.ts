/** The token page of a registry that runs as the bundle, and a browser before it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { type RegistryClient, registryClient } from "../support/registry-client.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { type Machine, openMachine } from "./machine.ts";

export interface Stage extends AsyncDisposable {
  machine: Machine;
  browser: Browser;
  page: Page;
  registry: RegistryClient;
  /** What the browser complained of, but for answers that say an error. */
  complaints: string[];
  /** Shows a page and logs in there. */
  logIn(key?: string, path?: string): Promise<void>;
  /** What the registry says to a token. */
  opens(value: string): Promise<number>;
}

export async function openStage(options: { dark?: boolean; script?: boolean } = {}): Promise<Stage> {
  const machine = await openMachine();
  await machine.registry();
  const key = (await machine.read("fly-tokens/data/registry/admin-key")) ?? "";
  const registry = registryClient(machine.url, key.trim());
  const browser = await openBrowser(machine, options);
  const { page } = browser;
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Of a field for a key without one for a name; and of every answer that is not 2xx.
    if (!/Password forms should have|Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return {
    machine,
    browser,
    page,
    registry,
    complaints,
    async logIn(withKey = registry.adminKey, path = "/") {
      await page.goto(machine.url + path);
      await page.getByLabel("Your key").fill(withKey);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByRole("button", { name: "Log out" }).waitFor();
    },
    async opens(value) {
      const headers = { authorization: `Bearer ${value}` };
      return (await fetch(`${machine.url}/artifactory/api/npm/npm/-/whoami`, { headers })).status;
    },
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    },
  };
}

/** What axe-core finds fault with on a page, whether it has to be scrolled sideways, and whether a table is cut off. */
export async function faults(page: Page): Promise<string[]> {
  // By the debugger, which no policy of a page's holds for.
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { html: string }[] }[];
    passes: unknown[];
  };
  if (passes.length < 10) throw new Error("axe-core has looked at nothing.");
  const root = "document.documentElement";
  const sideways = Number(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`));
  const cut = Number(
    await page.evaluate(
      "[...document.querySelectorAll('.list, input[type=date]')].filter((one) => one.scrollWidth > one.clientWidth || one.type && one.clientWidth < 120).length",
    ),
  );
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    ...(sideways > 0 ? [`scrolls sideways by ${sideways}`] : []),
    ...(cut > 0 ? [`${cut} cut off`] : []),
  ];
}

/** Another site: one page at a port of its own. */
export async function siteOf(html: string): Promise<{ url: string } & AsyncDisposable> {
  const site = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    },
  };
}
