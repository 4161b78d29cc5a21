import { describe, expect, test } from "vitest";
import { openFlyio } from "../support/flyio.ts";

describe("a dry run of configure_package_manager", () => {
  test.each([
    [{ flyio: { app: "nope" } }, "not_found"],
    [{ flyio: { app: "web" }, expires: "never" }, "invalid_input"],
    [{ flyio: { app: "web" }, environment: "production" }, "unsupported"],
    [{ flyio: {} }, "invalid_input"],
  ])("with %j is refused as the set-up itself would be", async (args, code) => {
    await using here = await openFlyio({ programs: { docker: "exit 0" } });
    const all = { manager: "docker", ...args };
    const { error } = await here.call("configure_package_manager", { ...all, dry_run: true });
    expect(error.code).toBe(code);
    expect((await here.call("configure_package_manager", all)).error).toEqual(error);
    expect(here.fake.tokens).toEqual([]);
  });

  test("mints nothing, and shows what it would do", async () => {
    await using here = await openFlyio({ programs: { docker: "exit 0" } });
    const args = { manager: "docker", flyio: { app: "web" }, dry_run: true };
    expect((await here.call("configure_package_manager", args)).text).toMatch(/nothing was written/);
    expect(here.fake.tokens).toEqual([]);
  });
});
