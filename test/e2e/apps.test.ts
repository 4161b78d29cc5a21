/** The token table in a host that shows pages: the bundle over stdio, and a real browser. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Agent, agentOn } from "./agent.ts";
import { type AppHost, extensions, type HostOptions, openHost } from "./app-host.ts";
import { openBrowser } from "./browser.ts";
import { describeWith } from "./clients.ts";
import { type Machine, openMachine } from "./machine.ts";

const axe = join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js");
const mean = `<img src=x onerror="parent.hear({method:'owned'})"><script>parent.hear({method:'owned'})</script>`;

/** A host with a server behind it, and what the browser complained of. */
async function stage(options: HostOptions & { dark?: boolean; names?: readonly string[] } = {}) {
  const machine = await openMachine();
  const agent = await agentOn(machine, { kind: "modern", extensions });
  for (const name of options.names ?? []) await mint(agent, machine, name);
  const browser = await openBrowser(machine, { dark: options.dark ?? false });
  const complaints: string[] = [];
  browser.page.on("console", (message) => complaints.push(message.text()));
  browser.page.on("pageerror", (error) => complaints.push(error.message));
  const host = await openHost(browser.page, agent, options);
  return {
    ...{ agent, browser, host, page: browser.page, view: host.view, complaints },
    async [Symbol.asyncDispose]() {
      for (const one of [host, browser, agent, machine]) await one[Symbol.asyncDispose]();
    },
  };
}

async function mint(agent: Agent, machine: Machine, name: string, more: Record<string, unknown> = {}) {
  const at = { deliver_to: "file", deliver_path: machine.at(`secret-${Math.random()}`) };
  const { isError, text, data } = await agent.call("generate_token", { name, ...at, ...more });
  expect(isError, text).toBe(false);
  return data;
}

/** What axe-core finds fault with, in the view. */
async function faults({ evaluate }: AppHost): Promise<string[]> {
  // By the debugger, which no policy of a page's holds for.
  await evaluate(await readFile(axe, "utf8"));
  const { violations } = (await evaluate("axe.run()")) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const cells = (text: string) => text.split("\t").map((cell) => cell.trim().replace(/\s+/g, " "));

describeWith(["chromium"], "the token table in a host", () => {
  test("shows the columns, as a screen reader and as the eye finds them, and asks nobody but its host", async () => {
    await using it = await stage({ names: ["ci"], context: { locale: "en-GB", timeZone: "UTC" } });
    const { agent, view, host, browser } = it;
    await agent.call("create_environment", { name: "production" });
    await agent.call("generate_token", {
      name: "pull",
      environment: "production",
      permission: "read_write",
      expires: "never",
    });
    await host.showCall();
    await view.getByText("2 tokens.").waitFor();
    const table = view.getByRole("table", { name: "2 tokens." });
    expect(await table.getByRole("columnheader").allInnerTexts()).toEqual([
      "Name",
      "Username",
      "Permission",
      "Created By",
      "Created",
      "Expires",
      "Status",
    ]);
    const rows = await table.getByRole("row").allInnerTexts();
    const date = /\d+ \w+ \d{4},? (at )?\d\d:\d\d/;
    expect(cells(rows[1] ?? "")).toEqual([
      "pull",
      "admin",
      "Read and write production",
      "admin",
      expect.stringMatching(date),
      "Never",
      "Active",
    ]);
    expect(cells(rows[2] ?? "")).toEqual([
      "ci",
      "admin",
      "Read only",
      "admin",
      expect.stringMatching(date),
      expect.stringMatching(date),
      "Active",
    ]);
    expect(await table.getByRole("rowheader").allInnerTexts()).toEqual(["pull", "ci"]);
    expect(await view.getByRole("button").count()).toBe(0);
    expect(new Set(browser.asked.map((address) => new URL(address).hostname))).toEqual(
      new Set(["127.0.0.1"]),
    );
    expect(browser.asked.filter((address) => !/:\d+\/(favicon.ico)?$/.test(address))).toEqual([]);
    expect(it.complaints).toEqual([]);
  });

  test("a script in a token's name is a name", async () => {
    await using it = await stage({ names: [mean.slice(0, 60), mean.slice(57, 130)] });
    await it.host.showCall();
    await it.host.tell({
      method: "ui/notifications/tool-result",
      params: {
        content: [],
        structuredContent: {
          tokens: [
            {
              name: mean,
              username: mean,
              permission: "custom",
              scope: mean,
              environment: mean,
              created_by: mean,
              created_at: mean,
              expires_at: mean,
              status: mean,
            },
          ],
        },
      },
    });
    await it.view.getByText("1 token.").waitFor();
    expect(await it.view.getByRole("rowheader").textContent()).toBe(mean);
    expect(await it.view.locator("table :is(img, script, a)").count()).toBe(0);
    expect(it.host.heard.filter(({ method }) => method === "owned")).toEqual([]);
    expect(it.complaints).toEqual([]);
  });

  test.each([
    ["light, wide", false, 900, {}],
    ["dark, as the person likes it", true, 900, {}],
    ["dark, as the host has it", false, 900, { theme: "dark" }],
    ["narrow", false, 320, {}],
    ["narrow and dark", true, 320, { theme: "dark" }],
  ] as const)("axe-core finds nothing to complain of: %s", async (_, dark, width, context) => {
    await using it = await stage({ names: ["ci", "deploy"], dark, width, context });
    const { data } = await it.agent.call("list_tokens");
    const [first] = (data as { tokens: { id: string }[] }).tokens;
    const asked = await it.agent.call("revoke_token", { ids: [first?.id] });
    await it.agent.call("revoke_token", {
      ids: [first?.id],
      confirmation: asked.data.confirmation_required?.confirmation,
    });
    await it.host.showCall({ limit: 1 });
    await it.view.getByText("1 of 2 tokens.").waitFor();
    await it.view.getByRole("button", { name: "Show more" }).click();
    await it.view.getByText("2 tokens.").waitFor();
    await it.view.getByText("Revoked").waitFor();
    expect(await faults(it.host)).toEqual([]);
    const [wide, back] = (await it.host.evaluate(
      "[document.documentElement.scrollWidth, getComputedStyle(document.documentElement).backgroundColor]",
    )) as [number, string];
    expect(wide).toBeLessThanOrEqual(width);
    const isDark = dark || ("theme" in context && context.theme === "dark");
    expect(back).toBe(isDark ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)");
  });

  test("takes the next page by the host, by keyboard, with the arguments of the call", async () => {
    await using it = await stage({ names: ["one", "two", "three", "other"] });
    await it.host.showCall({ limit: 1, name: "t" });
    await it.view.getByText("1 of 3 tokens.").waitFor();
    await it.page.locator("iframe").focus();
    for (const said of ["2 of 3 tokens.", "3 tokens."]) {
      await it.view.getByRole("button", { name: "Show more" }).press("Enter");
      await it.view.getByText(said, { exact: true }).waitFor();
    }
    expect(await it.view.getByRole("rowheader").allInnerTexts()).toEqual(["other", "three", "two"]);
    expect(await it.view.getByRole("button").count()).toBe(0);
    // The focus is on what has come, and not lost with the button.
    expect(await it.view.locator(":focus").textContent()).toBe("two");
    const calls = it.host.heard.filter(({ method }) => method === "tools/call");
    expect(calls.map(({ params }) => params)).toEqual(
      [1, 2].map(() => ({
        name: "list_tokens",
        arguments: { limit: 1, name: "t", cursor: expect.any(String) },
      })),
    );
  });

  test("without leave to call tools says whom to ask", async () => {
    await using it = await stage({ names: ["one", "two"], tools: false });
    await it.host.showCall({ limit: 1 });
    await it.view.getByText("There are more: ask the agent for the next page.").waitFor();
    expect(await it.view.getByRole("button").count()).toBe(0);
    expect(it.host.heard.filter(({ method }) => method === "tools/call")).toEqual([]);
  });

  test("says that there is none, what was refused, that a call was given up, and that a page did not come", async () => {
    await using it = await stage({
      call: async () => ({ isError: true, content: [{ type: "text", text: "Nothing answers." }] }),
    });
    await it.host.showCall();
    await it.view.getByText("No token matches.").waitFor();
    expect(await it.view.getByRole("table").count()).toBe(0);
    await it.host.tell({
      method: "ui/notifications/tool-result",
      params: { isError: true, content: [{ type: "text", text: "The cursor is not valid." }] },
    });
    await it.view.getByText("Not listed: The cursor is not valid.").waitFor();
    await it.host.tell({ method: "ui/notifications/tool-cancelled", params: { reason: "by the user" } });
    await it.view.getByText("Not listed: the call was cancelled.").waitFor();
    await it.host.tell({
      method: "ui/notifications/tool-result",
      params: { structuredContent: { tokens: [{ name: "kept", status: "active" }], next_cursor: "c" } },
    });
    await it.view.getByRole("button", { name: "Show more" }).click();
    await it.view.getByText("Not listed: Nothing answers.").waitFor();
    // What is there stays, and it can be tried again.
    expect(await it.view.getByRole("rowheader").textContent()).toBe("kept");
    expect(await it.view.getByRole("button", { name: "Show more" }).getAttribute("aria-disabled")).toBe(null);
    expect(await faults(it.host)).toEqual([]);
  });

  test("a page of a list that another has taken the place of meanwhile is not mixed with it; a word of JavaScript's is a word", async () => {
    let arrive: ((result: Record<string, unknown>) => void) | undefined;
    await using it = await stage({ call: () => new Promise((resolve) => (arrive = resolve)) });
    const list = (name: string, more: object = {}) => ({
      content: [],
      structuredContent: { tokens: [{ name, permission: "custom", status: "constructor" }], ...more },
    });
    const result = "ui/notifications/tool-result";
    await it.host.tell({ method: result, params: list("old", { next_cursor: "c" }) });
    await it.view.getByRole("button", { name: "Show more" }).click();
    await vi.waitFor(() => expect(arrive).toBeDefined());
    await it.host.tell({ method: result, params: list("new") });
    await it.view.getByRole("rowheader", { name: "new" }).waitFor();
    arrive?.(list("late"));
    await it.host.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
    expect(await it.view.getByRole("rowheader").allInnerTexts()).toEqual(["new"]);
    expect(await it.view.getByRole("cell").last().textContent()).toBe("constructor");
  });

  test("tells its size, follows the host's theme, and answers what hosts ask", async () => {
    await using it = await stage({ names: ["one"], context: { theme: "light" } });
    await it.host.showCall();
    await it.view.getByText("1 token.").waitFor();
    await vi.waitFor(() => {
      const last = it.host.heard.filter(({ method }) => method === "ui/notifications/size-changed").at(-1);
      expect(last?.params).toEqual({ width: 900, height: expect.any(Number) });
      expect(Number(last?.params?.height)).toBeGreaterThan(60);
    });
    const variables = {
      "--color-text-primary": "rgb(1, 2, 3)",
      "--unknown": "red",
      "--font-sans": "url(http://127.0.0.1:9/x)",
    };
    await it.host.tell({
      method: "ui/notifications/host-context-changed",
      params: { theme: "dark", styles: { variables } },
    });
    await vi.waitFor(async () => {
      expect(
        await it.host.evaluate(
          "[getComputedStyle(document.documentElement).color, document.documentElement.style.colorScheme, document.documentElement.style.getPropertyValue('--unknown')]",
        ),
      ).toEqual(["rgb(1, 2, 3)", "dark", ""]);
    });
    await it.host.tell({ id: "t", method: "ui/resource-teardown", params: { reason: "done" } });
    await it.host.tell({ id: "x", method: "ui/do-something" });
    await vi.waitFor(() =>
      expect(it.host.heard.slice(-2)).toEqual([
        { jsonrpc: "2.0", id: "t", result: {} },
        { jsonrpc: "2.0", id: "x", error: { code: -32601, message: "Method not found" } },
      ]),
    );
    expect(it.browser.asked.some((address) => address.includes(":9/"))).toBe(false);
  });

  test("listens to nobody but its host", async () => {
    await using it = await stage({ names: ["one"] });
    await it.host.showCall();
    await it.view.getByText("1 token.").waitFor();
    await it.host.evaluate(
      "postMessage({ jsonrpc: '2.0', method: 'ui/notifications/tool-result', params: { structuredContent: { tokens: [] } } }, '*')",
    );
    await it.host.evaluate("new Promise((resolve) => setTimeout(resolve, 50))");
    expect(await it.view.getByRole("rowheader").allInnerTexts()).toEqual(["one"]);
  });
});
