import { describe, expect, test } from "vitest";
import { openFlyio } from "../support/flyio.ts";

describe("restrict_token", () => {
  test.each([{ expires: "never" }, { expires: "never", read_only: true }])(
    "does not pass over what cannot be: %j",
    async (restrictions) => {
      await using here = await openFlyio();
      await here.write("token", here.fake.addToken().header);
      const { error, text } = await here.call("restrict_token", { from: "file:token", restrictions });
      expect(error.code).toBe("invalid_input");
      expect(text).toMatch(/ends with the one that it is made from/);
    },
  );

  test("and explaining work where the local registry is the issuer of everything else", async () => {
    await using here = await openFlyio({ env: { FLY_TOKENS_PROVIDER: "local" } });
    await here.write("token", here.fake.addToken().header);
    const from = "file:token";
    const narrower = await here.call("restrict_token", { from, restrictions: { read_only: true } });
    expect(narrower.text).toMatch(/It may read, nothing else/);
    const explained = await here.call("get_token", { from, explain: true });
    expect(explained.text).toMatch(/It may do everything in organization/);
  });

  test("is held to the operator's limit", async () => {
    await using here = await openFlyio({ env: { FLY_TOKENS_MAX_EXPIRY: "1d" } });
    await here.write("token", here.fake.addToken().header);
    const restrict = (expires: string) =>
      here.call("restrict_token", { from: "file:token", restrictions: { expires } });
    expect((await restrict("25h")).error.code).toBe("forbidden");
    expect((await restrict("24h")).isError).toBeUndefined();
  });
});
