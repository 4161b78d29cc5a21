/** A token that the person sees and the agent does not: the bundle over stdio, and a real browser. */
import { describe, expect, test, vi } from "vitest";
import { ask, invitationIn, type, valueIn } from "../delivery/browser.ts";
import { type Agent, type AgentOptions, agentOn } from "./agent.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { describeWith } from "./clients.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";

const generate = { name: "deploy", deliver_to: "reveal_page" };

async function statuses(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.flyTokens(["call", "list_tokens"]);
  return (JSON.parse(stdout) as { tokens: { status: string }[] }).tokens.map(({ status }) => status);
}

/** Whether the registry lets one in. */
const opens = async ({ url }: Machine, value: string) =>
  (await fetch(`${url}/artifactory/api/npm/npm/-/whoami`, { headers: { authorization: `Bearer ${value}` } }))
    .status;

async function invited(agent: Agent): Promise<{ url: string; code: string; said: string }> {
  const { text, data, isError } = await agent.call("generate_token", generate);
  expect(isError, text).toBe(false);
  return { ...invitationIn(text), said: text + JSON.stringify(data) };
}

/** What a screen reader says of what can be reached by keyboard, in order. */
async function named({ page }: Browser): Promise<string[]> {
  const snapshot = await page.locator("main").ariaSnapshot();
  return [...snapshot.matchAll(/- '?(textbox|button|heading) "([^"]+)"/g)].map(
    ([, role, name]) => `${role}: ${name}`,
  );
}

/** Whether a text is on the page, once there is one: the browser's own that says why there is none comes a little later. */
function shows({ page }: Browser, text: string): Promise<boolean> {
  return vi.waitFor(async () => (await page.content()).includes(text));
}

describeWith(["chromium"], "a page in a browser", () => {
  test("shows the value to who types the code, once, and leaves none of it behind", async () => {
    await using machine = await openMachine();
    await machine.registry();
    await using agent = await agentOn(machine);
    await using browser = await openBrowser(machine);
    const { page, context } = browser;
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { url, code, said } = await invited(agent);

    await page.goto(url);
    expect(await page.title()).toBe("A new token: deploy");
    expect(await named(browser)).toEqual([
      "heading: A new token: deploy",
      "textbox: The code that your agent told you",
      "button: Show the value",
    ]);
    // By keyboard alone: the field has the focus.
    await page.keyboard.type("0000 0000");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("4 tries are left");
    await page.keyboard.type(code.toLowerCase().replace("-", ""));
    await page.keyboard.press("Enter");
    const output = page.getByLabel("Value");
    await output.waitFor();
    const value = (await output.textContent()) ?? "";
    expect(value).toMatch(/^flyt_\w{49}$/);
    expect(await opens(machine, value)).toBe(200);
    expect(said).not.toContain(value.slice(5, 20));

    await page.getByRole("button", { name: "Copy the value" }).click();
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(value);
    await page.evaluate("navigator.clipboard.writeText('')");

    const shown = () => shows(browser, value);
    await page.reload();
    expect(await page.getByRole("heading").textContent()).toBe("Nothing is shown here any more");
    expect(await shown()).toBe(false);
    // A form that was sent is not asked for again without the person's leave.
    await page.goBack().catch(() => {});
    expect(await shown()).toBe(false);
    await page.goForward().catch(() => {});
    expect(await shown()).toBe(false);
    await page.goto(url);
    expect(await page.getByRole("heading").textContent()).toBe("Nothing is shown here any more");
    expect(await context.cookies()).toEqual([]);
    expect([...new Set(browser.asked.map((address) => new URL(address).origin))]).toEqual([
      new URL(url).origin,
    ]);
    expect(await browser.closeAndSearch([value, value.slice(5, 30)])).toEqual([]);
    expect(await browser.closeAndSearch([new URL(url).pathname])).not.toEqual([]);
    expect(await statuses(machine)).toEqual(["active"]);
  });

  test("shows nothing to whoever goes back and forth after it", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await using browser = await openBrowser(machine);
    const { page } = browser;
    const { url, code } = await invited(agent);
    await page.goto(url);
    await page.getByLabel("code").fill(code);
    await page.getByRole("button").click();
    const value = (await page.getByLabel("Value").textContent()) ?? "";
    expect(value).toMatch(/^flyt_/);
    await page.goBack();
    expect(await shows(browser, value)).toBe(false);
    await page.goForward().catch(() => {});
    expect(await shows(browser, value)).toBe(false);
  });

  test.each([false, true])("works without a script, dark: %s", async (dark) => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await using browser = await openBrowser(machine, { script: false, dark });
    const { page } = browser;
    const { url, code } = await invited(agent);
    await page.goto(url);
    await page.getByLabel("code").fill(code);
    await page.getByRole("button").click();
    const value = (await page.getByLabel("Value").textContent()) ?? "";
    expect(await opens(machine, value)).toBe(200);
    expect(await page.getByRole("button").count()).toBe(0);
  });

  test("is dark where the person likes that, and styled by what the policy lets in alone", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await using browser = await openBrowser(machine, { dark: true });
    const complaints: string[] = [];
    browser.page.on("console", (message) => complaints.push(message.text()));
    await browser.page.goto((await invited(agent)).url);
    const colours =
      "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('main')).maxWidth]";
    expect(await browser.page.evaluate(colours)).toEqual(["rgb(18, 18, 18)", "640px"]);
    expect(complaints).toEqual([]);
  });

  test("cannot be used from another page, in a frame or by a form", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    await using browser = await openBrowser(machine);
    const { page } = browser;
    const { url, code } = await invited(agent);
    await page.setContent(
      `<iframe src="${url}"></iframe><form method="post" action="${url}"><input name="code" value="${code}"><button>Win</button></form>`,
    );
    expect(await page.frames()[1]?.locator("form").count()).toBe(0);
    await page.getByRole("button").click();
    await page.getByRole("heading").waitFor();
    expect(await page.content()).not.toContain("flyt_");
    expect(valueIn((await type(url, code)).text)).toMatch(/^flyt_/);
  });
});

describe("a client that opens addresses", () => {
  const kinds: NonNullable<AgentOptions["kind"]>[] = ["first", "legacy", "modern"];
  test.each(kinds)("over stdio, of the kind %s, is asked to, and mints once", async (kind) => {
    await using machine = await openMachine();
    await machine.registry();
    const asked: { url: string; message: string }[] = [];
    await using agent = await agentOn(machine, {
      kind,
      opens: (url, message) => void asked.push({ url, message }),
    });
    const { url, code, said } = await invited(agent);
    expect(asked).toEqual([{ url, message: expect.stringContaining(code) }]);
    const value = valueIn((await type(url, code)).text) ?? "";
    expect(await opens(machine, value)).toBe(200);
    expect(said).not.toContain(value);
    expect(await statuses(machine)).toEqual(["active"]);
    expect(agent.complaints).toEqual([]);
  });
});

describe("the end of the program", () => {
  test("revokes what nobody has seen, whoever serves the registry", async () => {
    await using machine = await openMachine();
    const agent = await agentOn(machine);
    const { url } = await invited(agent);
    await agent[Symbol.asyncDispose]();
    await expect(ask(url)).rejects.toThrow();
    expect(await statuses(machine)).toEqual(["revoked"]);
  });

  test("leaves what was seen", async () => {
    await using machine = await openMachine();
    const agent = await agentOn(machine);
    const { url, code } = await invited(agent);
    await type(url, code);
    await agent[Symbol.asyncDispose]();
    expect(await statuses(machine)).toEqual(["active"]);
  });
});

describe("fly-tokens call", () => {
  const call = (machine: Machine) =>
    machine.start(process.execPath, [bundle, "call", "generate_token", "--json", JSON.stringify(generate)]);

  test("says where the page is at once, and ends when it was used", async () => {
    await using machine = await openMachine();
    const program = call(machine);
    await program.said(/"next": .*\n/);
    const { url, code } = invitationIn(program.stdout());
    const value = valueIn((await type(url, code)).text) ?? "";
    expect(value).toMatch(/^flyt_/);
    expect(await program.ended).toBe(0);
    expect(program.stdout() + program.stderr()).not.toContain(value);
    expect(await statuses(machine)).toEqual(["active"]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("revokes the token at %s, and says so", async (signal) => {
    await using machine = await openMachine();
    const program = call(machine);
    await program.said(/"next": .*\n/);
    program.child.kill(signal);
    expect(await program.ended).toBe(6);
    expect(program.stderr()).toMatch(/The new token \S+ was revoked\./);
    expect(await statuses(machine)).toEqual(["revoked"]);
  });
});
