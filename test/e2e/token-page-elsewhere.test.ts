/** The token page in a browser that also goes to other sites, and to what others have published here. */
import { expect, test } from "vitest";
import { describeWith } from "./clients.ts";
import { openStage, siteOf } from "./page-stage.ts";

describeWith(["chromium"], "whoever is logged in", () => {
  test("arrives where a link on another site leads, without logging in anew", async () => {
    await using stage = await openStage({ script: false });
    const { page, machine, registry } = stage;
    await registry.call("POST", "/environments", { name: "production" });
    await stage.logIn();
    const link = `<!doctype html><a href="${machine.url}/environments/production">look</a>`;
    await using site = await siteOf(link);
    // Another name is another site, and no cookie comes along.
    await page.goto(site.url.replace("127.0.0.1", "localhost"));
    await page.getByRole("link", { name: "look" }).click();
    await page.getByRole("heading", { level: 1, name: "production" }).waitFor();
  });

  test("gets the value of a token whose form was sent twice while the answer was on its way", async () => {
    await using stage = await openStage();
    const { page, machine } = stage;
    await stage.logIn();
    await page.goto(`${machine.url}/tokens/new`);
    await page.getByLabel("Name").fill("twice");
    await page.route("**/tokens/new", async (route) => {
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.fulfill({ response }).catch(() => {});
    });
    // By the mouse itself: for a button on a page that is being left, playwright waits.
    const button = page.getByRole("button", { name: "Create" });
    await button.scrollIntoViewIfNeeded();
    const { x = 0, y = 0 } = (await button.boundingBox()) ?? {};
    for (let clicks = 0; clicks < 2; clicks++) {
      await page.mouse.click(x + 5, y + 5);
      await page.waitForTimeout(150);
    }
    await page.locator("output").waitFor();
    expect(await stage.opens((await page.locator("output").textContent()) ?? "")).toBe(200);
  });

  test("is not harmed by what others have published, also when they bring a token of their own in the link", async () => {
    await using stage = await openStage();
    const { page, machine, registry } = stage;
    const { value } = await registry.mint();
    const script = `<script>document.title = "owned"; fetch("${machine.url}/tokens/new")</script>`;
    const body = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>a model</title>${script}</head></html>`;
    const path = "/artifactory/maven/org/evil/1/evil-1.pom";
    const headers = { authorization: `Basic ${Buffer.from(`admin:${value}`).toString("base64")}` };
    expect((await fetch(machine.url + path, { method: "PUT", headers, body })).status).toBe(201);
    await stage.logIn();
    await page.goto(machine.url.replace("//", `//admin:${value}@`) + path);
    await page.waitForTimeout(200);
    expect(await page.title()).toBe("a model");
    expect(stage.browser.asked.filter((address) => address.endsWith("/tokens/new"))).toEqual([]);
  });
});
