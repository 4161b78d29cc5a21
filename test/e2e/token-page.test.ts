/** The token page in a real browser, over the bundle: as people use it, and as others would misuse it. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pull, push } from "../support/images.ts";
import { describeWith } from "./clients.ts";
import { faults, openStage, type Stage, siteOf } from "./page-stage.ts";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });
const press = (page: Page, name: string) => page.getByRole("button", { name }).click();
const follow = (page: Page, name: string) => page.getByRole("link", { name, exact: true }).first().click();

/** An environment with one image that is behind and one that is not. */
async function deploy({ registry }: Stage): Promise<void> {
  await registry.call("POST", "/environments", { name: "production", description: "What customers see" });
  const { value: writer } = await registry.mint({ name: "release job", permission: "read_write" });
  const { value: reader } = await registry.mint({
    name: "production pulls",
    permission: "read_only",
    environment: "production",
  });
  for (const [image, tag] of [
    ["docker/shop/web", "1.4.0"],
    ["docker/shop/api", "2.0.0"],
  ] as const) {
    await push(registry, writer, image, tag);
    await pull(registry, reader, image, tag);
  }
  for (const tag of ["1.4.1", "1.5.0"]) await push(registry, writer, "docker/shop/web", tag);
}

describeWith(["chromium"], "the token page", () => {
  test("is what a person needs: log in, create, copy, use, revoke, delete, log out", async () => {
    await using stage = await openStage();
    const { page, browser, machine, complaints } = stage;
    await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${machine.url}/`);
    expect(await page.title()).toBe("Log in · fly-tokens");
    await page.getByLabel("Your key").fill("flyk_wrong");
    await press(page, "Log in");
    await page.getByText("This is nobody's key.").waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("key");
    await page.getByLabel("Your key").fill(stage.registry.adminKey);
    await press(page, "Log in");
    await page.getByText("There is no token yet").waitFor();

    await follow(page, "Create the first token");
    await page.getByLabel("Name").fill("ci pipeline");
    expect(await page.getByLabel("Read-only").isChecked()).toBe(true);
    await press(page, "Create");
    const output = page.locator("output");
    await output.waitFor();
    const value = (await output.textContent()) ?? "";
    expect(value).toMatch(/^flyt_\w{49}$/);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Copy");
    await press(page, "Copy");
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(value);
    await page.evaluate("navigator.clipboard.writeText('')");
    expect(await stage.opens(value)).toBe(200);

    // A reload sends the form again, as the browser does after it has asked.
    await page.reload();
    await page.getByText("The value was shown already.").waitFor();
    expect(await page.content()).not.toContain(value);
    await page.goBack();
    expect(await page.content()).not.toContain(value);
    await page.goto(`${machine.url}/`);
    expect(await row(page, "ci pipeline").count()).toBe(1);
    expect(await page.content()).not.toContain("flyt_");

    await row(page, "ci pipeline").getByRole("link", { name: "Revoke ci pipeline" }).click();
    expect(await heading(page).textContent()).toBe("Revoke ci pipeline?");
    expect(await stage.opens(value)).toBe(200);
    await press(page, "Revoke the token");
    await page.getByText("The token was revoked.").waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("status");
    expect(await stage.opens(value)).toBe(401);
    await follow(page, "Delete…");
    await press(page, "Delete the token");
    await page.getByText("The token was deleted.").waitFor();
    expect(await row(page, "ci pipeline").count()).toBe(0);

    await press(page, "Log out");
    await page.getByLabel("Your key").waitFor();
    await page.goBack();
    await page.getByLabel("Your key").waitFor();
    expect(await browser.context.cookies()).toEqual([]);
    expect(complaints).toEqual([]);
    expect([...new Set(browser.asked.map((address) => new URL(address).origin))]).toEqual([machine.url]);
    expect(await browser.closeAndSearch([value.slice(5, 40), stage.registry.adminKey.slice(5, 40)])).toEqual(
      [],
    );
  });

  test("shows an environment's images, and that one is behind; adds a user, who sees their own alone", async () => {
    await using stage = await openStage();
    const { page, machine } = stage;
    await deploy(stage);
    await stage.logIn();
    await follow(page, "Environments");
    await follow(page, "production");
    const web = row(page, "docker/shop/web").first();
    expect(await web.textContent()).toMatch(/1\.4\.0.*2 behind/s);
    expect(await row(page, "docker/shop/api").first().textContent()).toContain("Up to date");
    await follow(page, "Create a token for it");
    expect(await page.getByLabel("Environment").inputValue()).toBe("production");

    await follow(page, "Users");
    await follow(page, "Add a user");
    await page.getByLabel("Name").fill("ann");
    await press(page, "Add");
    const key = (await page.locator("output").textContent()) ?? "";
    expect(key).toMatch(/^flyk_\w{49}$/);
    await press(page, "Log out");
    await page.getByLabel("Your key").waitFor();
    // Where one wanted to go is where one arrives.
    await stage.logIn(key, "/environments/production");
    expect(await heading(page).textContent()).toBe("production");
    await follow(page, "Tokens");
    await page.getByText("You have no token yet").waitFor();
    expect(await page.getByRole("link", { name: "Users" }).count()).toBe(0);
    await page.goto(`${machine.url}/users`);
    expect(await heading(page).textContent()).toBe("That is not allowed");
  });

  test("is used by keyboard alone", async () => {
    await using stage = await openStage();
    const { page, browser, machine, registry } = stage;
    await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { keyboard } = page;
    const focused = () => page.evaluate("document.activeElement.textContent.trim()");
    /** Goes on to what has the focus when it is named so. */
    async function tabTo(name: string): Promise<void> {
      for (let steps = 0; steps < 40 && (await focused()) !== name; steps++) await keyboard.press("Tab");
      expect(await focused()).toBe(name);
    }
    await page.goto(`${machine.url}/`);
    await keyboard.type(registry.adminKey);
    await keyboard.press("Enter");
    await page.getByText("There is no token yet").waitFor();
    await keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await tabTo("Create a token");
    await keyboard.press("Enter");
    await heading(page).filter({ hasText: "Create a token" }).waitFor();
    await keyboard.type("typed");
    await keyboard.press("Tab");
    await keyboard.press("ArrowDown");
    expect(await page.getByLabel("Read & write").isChecked()).toBe(true);
    await tabTo("Create");
    await keyboard.press("Enter");
    await page.locator("output").waitFor();
    const value = (await page.locator("output").textContent()) ?? "";
    expect(await focused()).toBe("Copy");
    await keyboard.press("Enter");
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(value);
    await tabTo("Done");
    await keyboard.press("Enter");
    await row(page, "typed").waitFor();
    await tabTo("Revoke typed");
    await keyboard.press("Enter");
    await heading(page).filter({ hasText: "Revoke typed?" }).waitFor();
    await tabTo("Revoke the token");
    await keyboard.press("Enter");
    await page.getByText("The token was revoked.").waitFor();
    expect(await stage.opens(value)).toBe(401);
    await tabTo("Log out");
    await keyboard.press("Enter");
    await page.getByLabel("Your key").waitFor();
  });

  test("works without a script", async () => {
    await using stage = await openStage({ script: false });
    const { page } = stage;
    await stage.logIn();
    await follow(page, "Create a token");
    await page.getByLabel("Name").fill("by hand");
    await page.getByLabel("Never").check();
    await press(page, "Create");
    const value = (await page.locator("output").textContent()) ?? "";
    expect(await stage.opens(value)).toBe(200);
    expect(await page.getByRole("button", { name: "Copy" }).count()).toBe(0);
    await follow(page, "Done");
    await row(page, "by hand").getByRole("link", { name: "Revoke by hand" }).click();
    await press(page, "Revoke the token");
    await page.getByText("The token was revoked.").waitFor();
    expect(await stage.opens(value)).toBe(401);
  });

  test("has nothing that axe-core complains of, and nothing to scroll sideways for: light and wide, dark and narrow", async () => {
    await using stage = await openStage();
    const { page, machine, registry } = stage;
    await deploy(stage);
    await registry.call("POST", "/environments", {
      name: "a-very-long-name-of-an-environment-that-goes-on-and-on-and-on-1",
    });
    await registry.call("POST", "/environments", { name: "empty" });
    await registry.addUser(`ann${"n".repeat(61)}`);
    const { token } = await registry.mint({ name: "w".repeat(100), expires_at: "2099-01-01T00:00:00Z" });
    const { token: old } = await registry.mint({ name: "old" });
    await registry.call("POST", `/tokens/${old.id}/revoke`);
    const found: [string, string[]][] = [];
    const look = async (name: string) => {
      for (const [colorScheme, width] of [
        ["light", 1200],
        ["dark", 320],
      ] as const) {
        // In motion, colours are neither the ones nor the others.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 800 });
        found.push([`${name}, ${colorScheme}, ${width}`, await faults(page)]);
      }
    };
    await page.goto(`${machine.url}/`);
    await look("log-in");
    await page.getByLabel("Your key").fill("wrong");
    await press(page, "Log in");
    await page.getByText("nobody's key").waitFor();
    await look("a wrong key");
    await stage.logIn();
    for (const path of [
      "/",
      "/?done=deleted",
      "/?name=nothing",
      "/?status=active&sort=name&created_by=admin",
      `/tokens/${token.id}`,
      `/tokens/${old.id}?done=revoked`,
      `/tokens/${old.id}?done=shown`,
      `/tokens/${token.id}/revoke`,
      `/tokens/${token.id}/delete`,
      `/tokens/${old.id}/delete`,
      "/tokens/new",
      "/environments",
      "/environments/new",
      "/environments/production",
      "/environments/production/delete",
      "/environments/empty?done=created",
      "/environments/empty/delete",
      "/users",
      "/users/new",
      "/users/admin/remove",
      `/users/ann${"n".repeat(61)}/remove`,
      "/tokens/none",
      "/nowhere",
    ]) {
      await page.goto(machine.url + path);
      await look(path);
    }
    await page.goto(`${machine.url}/tokens/new?environment=production`);
    await page.getByLabel("Name").fill(" ");
    await press(page, "Create");
    await page.getByText("The name has 1 to 100 characters").waitFor();
    await look("a wrong name");
    await page.getByLabel("Name").fill("right");
    await press(page, "Create");
    await page.locator("output").waitFor();
    await look("the value");
    expect(found.filter(([, complaints]) => complaints.length > 0)).toEqual([]);
    expect(stage.complaints).toEqual([]);
  }, 300_000);

  test("is harmed by no script in a name, and by no other page", async () => {
    await using stage = await openStage();
    const { page, browser, registry, machine, complaints } = stage;
    const script = `"><img src=x onerror="alert(1)"><script>alert(2)</script>`;
    await registry.call("POST", "/environments", { name: "production", description: script });
    const { token, value } = await registry.mint({ name: script, environment: "production" });
    await stage.logIn();
    for (const path of [
      "/",
      `/tokens/${token.id}`,
      `/tokens/${token.id}/revoke`,
      "/environments/production",
    ]) {
      await page.goto(machine.url + path);
      expect(await page.locator("main img, main script").count()).toBe(0);
      expect(await page.locator("main").textContent()).toContain(script);
    }
    // As the policy would have it, even if one came through.
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"alert(3)\">')");
    await page.waitForTimeout(200);
    expect(complaints.filter((text) => text.startsWith("dialog"))).toEqual([]);

    const cookies = await browser.context.cookies();
    expect(cookies).toEqual([
      expect.objectContaining({ httpOnly: true, sameSite: "Strict", path: "/", expires: -1 }),
    ]);
    const session = cookies[0];
    await using site = await siteOf(evil(machine.url, token.id));
    // Another port is the same site, so that the cookie comes along: the forms are refused all the same.
    for (const form of ["revoke", "mint", "log-in"]) {
      await page.goto(site.url);
      // In its place there is the browser's own page, which says so.
      expect(await page.frames()[1]?.locator(".brand").count()).toBe(0);
      await page.locator(`#${form} button`).click();
      await heading(page).filter({ hasText: "That is not allowed" }).waitFor();
    }
    expect(await stage.opens(value)).toBe(200);

    await page.goto(`${machine.url}/`);
    await press(page, "Log out");
    await page.getByLabel("Your key").waitFor();
    if (session) await browser.context.addCookies([session]);
    await page.goto(`${machine.url}/`);
    await page.getByLabel("Your key").waitFor();
  });
});

function evil(target: string, id: string): string {
  return `<!doctype html><iframe src="${target}/"></iframe>
<form id="revoke" method="post" action="${target}/tokens/${id}/revoke"><button>Win</button></form>
<form id="mint" method="post" action="${target}/tokens/new"><input name="name" value="x"><button>Win</button></form>
<form id="log-in" method="post" action="${target}/log-in"><input name="key" value="x"><button>Win</button></form>`;
}

/** With TOKEN_PAGE_PICTURES set to a folder, the pictures of docs/token-page.md are taken anew. */
const pictures = process.env.TOKEN_PAGE_PICTURES;

describeWith(["chromium"], "the pictures for the guide", () => {
  test.skipIf(pictures === undefined).each([
    ["light", false],
    ["dark", true],
  ] as const)("%s", async (_, dark) => {
    await using stage = await openStage({ dark });
    const { page, machine, registry } = stage;
    await deploy(stage);
    const ann = await registry.addUser("ann");
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    await registry.mint({ name: "ci publish", permission: "read_write", expires_at: inDays(20.5), key: ann });
    const { token } = await registry.mint({
      name: "contractor laptop",
      permission: "read_only",
      expires_at: inDays(3),
      key: ann,
    });
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    await page.setViewportSize({ width: 1040, height: 450 });
    await stage.logIn();
    // Small enough for a repository.
    const take = (name: string) => page.screenshot({ path: join(pictures ?? "", `token-page-${name}.png`) });
    if (dark) {
      await page.goto(`${machine.url}/environments/production`);
      await take("environment-dark");
      await page.goto(`${machine.url}/`);
      await take("dark");
    } else {
      await take("light");
      await page.goto(`${machine.url}/tokens/new`);
      await page.getByLabel("Name").fill("staging deploys");
      await press(page, "Create");
      await page.locator("output").waitFor();
      // A picture shows no value that has ever opened anything.
      await page.evaluate(`document.querySelector("output").textContent = "flyt_${"•".repeat(49)}"`);
      await take("value");
      await page.setViewportSize({ width: 360, height: 640 });
      await page.goto(`${machine.url}/?status=active`);
      await page.evaluate("document.querySelector('.list').scrollIntoView()");
      await take("narrow");
    }
  });
});
