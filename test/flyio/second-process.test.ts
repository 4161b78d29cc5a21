/** What one process has made and set up, the next one knows: by files of ours, since Fly.io does not say. */
import { describe, expect, test } from "vitest";
import { createContext } from "../../src/context.ts";
import { Secret } from "../../src/secret.ts";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { revokeToken } from "../../tools/revoke-token.ts";
import { type FlyioMachine, type FlyioOptions, openFlyio } from "../support/flyio.ts";

const open = (options: FlyioOptions = {}) =>
  openFlyio({ programs: { docker: "cat > /dev/null" }, ...options });

/** Another process of the same user: what the first one has in memory it has not. */
const next = ({ context }: FlyioMachine) => createContext(context.config, context);

const web = { manager: "docker", permission: "read_write", flyio: { app: "web" } };
const setUpAgain = (here: FlyioMachine, args: Record<string, unknown>) =>
  configurePackageManager.run(configurePackageManager.input.parse(args), next(here));
const living = ({ fake }: FlyioMachine) =>
  fake.tokens.filter(({ revokedAt }) => !revokedAt).map(({ id }) => id);

describe("another process", () => {
  test("says which token docker has, and what ends when it is revoked", async () => {
    await using here = await open();
    const { token } = await here.setUp(web);
    const id = token?.id ?? "";
    const later = next(here);
    const checked = await checkPackageManager.run(
      checkPackageManager.input.parse({ manager: "docker" }),
      later,
    );
    expect(checked.package_managers[0]).toMatchObject({ token: { id, status: "active" } });
    const plan = await revokeToken.plan?.({ ids: [id] }, later);
    expect(plan?.lines[0]).toMatch(/used on this machine by docker/);
    await revokeToken.run({ ids: [id] }, later, plan);
    const after = await checkPackageManager.run(
      checkPackageManager.input.parse({ manager: "docker" }),
      next(here),
    );
    expect(after.package_managers[0]).toMatchObject({
      token: { id, status: "revoked" },
      works: { ok: false },
    });
  });

  test.each([
    [web],
    [{ manager: "docker", flyio: { app: "web" } }],
    [{ manager: "docker", permission: "read_write", flyio: { app: "web", org: "acme" } }],
    [{ manager: "docker", flyio: { org: "acme" } }],
  ])("that sets docker up with %j again mints nothing", async (args) => {
    await using here = await open();
    const { token } = await here.setUp(args);
    const again = await setUpAgain(here, args);
    expect(again).toMatchObject({ token: { id: token?.id }, changes: [] });
    expect(again.warnings.join(" ")).toMatch(/set up already with a token that works/);
    expect(living(here)).toEqual([token?.id]);
    expect((await here.setUp(args)).token?.id).toBe(token?.id);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["another app", web, { ...web, flyio: { app: "api" } }],
    ["another permission", web, { ...web, permission: "read_only" }],
    ["more", web, { ...web, flyio: { org: "acme" } }],
    ["a longer life", { ...web, expires: "2d" }, { ...web, expires: "90d" }],
  ])("that asks for %s gets another token", async (_what, first, second) => {
    await using here = await open({ env: { FLY_ORG: "acme" } });
    const { token } = await here.setUp(first);
    const other = await setUpAgain(here, second);
    expect(other.token?.id).not.toBe(token?.id);
    expect(other.warnings.join(" ")).toContain(`(${token?.id}), is still active`);
    expect(living(here)).toHaveLength(2);
  });

  test("does not take a token for one app where it is asked for one without", async () => {
    await using here = await open({ env: { FLY_ORG: "acme" } });
    const { token } = await here.setUp(web);
    const other = await setUpAgain(here, { manager: "docker", permission: "read_write", provider: "flyio" });
    expect(other.token?.id).not.toBe(token?.id);
  });

  test("does not take one that was narrowed since for what it once was", async () => {
    await using here = await open();
    const { token } = await here.setUp(web);
    const made = here.fake.tokens.at(-1)?.header ?? "";
    await here.write("made", made);
    const args = {
      from: "file:made",
      restrictions: { read_only: true },
      deliver_to: "file",
      deliver_path: here.at("narrow"),
    };
    expect((await here.call("restrict_token", args)).error).toEqual({});
    await here.setUp({ manager: "docker", token_from: "file:narrow", provider: "flyio", verify: false });
    const again = await setUpAgain(here, web);
    expect(again.token?.id).not.toBe(token?.id);
  });

  test("does not take one that is not in its ledger", async () => {
    await using here = await open();
    const { header } = here.fake.addToken({ app: "web" });
    await here.write("made", header);
    await here.setUp({ manager: "docker", token_from: "file:made", provider: "flyio" });
    expect((await setUpAgain(here, web)).token?.id).toBe(here.fake.tokens.at(-1)?.id);
    expect(living(here)).toHaveLength(2);
  });
});

describe("the token that this server itself uses", () => {
  test("is named in the plan to revoke it, and always asked about", async () => {
    await using first = await open();
    const { token } = await first.setUp({ ...web, flyio: { org: "acme" } });
    const id = token?.id ?? "";
    const header = first.fake.tokens.at(-1)?.header ?? "";
    const config = {
      ...first.context.config,
      fly_api_token: new Secret(header),
    };
    const plan = await revokeToken.plan?.({ ids: [id] }, createContext(config, first.context));
    expect(plan?.always).toBe(true);
    expect(plan?.lines[0]).toContain("THE TOKEN THAT THIS SERVER ITSELF USES");
    expect(await revokeToken.plan?.({ ids: [id] }, next(first))).not.toHaveProperty("always");
  });
});
