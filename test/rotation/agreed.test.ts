/** What a person agrees to, what the operator wants, and what a person was to take and did not. */
import { describe, expect, it } from "vitest";
import { rotateToken } from "../../tools/rotate-token.ts";
import { expectRefusal } from "../support/answers.ts";
import type { ToolResult } from "../support/world.ts";
import { openSetting, type Setting } from "./setting.ts";

const asked = ({ data }: ToolResult) =>
  (data as unknown as { confirmation_required: { plan: string[]; confirmation: string } })
    .confirmation_required;
const successorIn = ({ data }: ToolResult) => (data as unknown as { new: { id: string } }).new.id;

describe.each(["legacy", "modern"] as const)("a client with forms, of the %s era,", (era) => {
  /** Who takes their time. */
  const open = async (answer: (message: string) => "decline" | string) => {
    const here = await openSetting({ env: { FLY_TOKENS_CONFIRM: "auto" } });
    const seen: string[] = [];
    const { call } = await here.connect({
      era,
      ask(message) {
        seen.push(message);
        here.world.now += 61_234;
        const said = answer(message);
        return said === "decline"
          ? { action: "decline" as const }
          : { action: "accept" as const, content: { confirm: said } };
      },
    });
    return { here, call, seen };
  };

  it("shows what is done, and it is done when the name was typed", async () => {
    const { here, call, seen } = await open(() => "ci");
    const id = await here.toFile();
    const result = await call("rotate_token", { id, keep_old_for: "24h" });
    expect(result.isError, result.wire).toBeUndefined();
    expect(seen.join()).toMatch(
      /its successor lives for 30d\n.*rewrite .*the-token\n.*revoke the old one 1d later/,
    );
    expect((await here.active()).sort()).toEqual([id, successorIn(result)].sort());
  });

  it("changes nothing where somebody declines", async () => {
    const { here, call } = await open(() => "decline");
    const id = await here.toFile();
    expectRefusal(await call("rotate_token", { id }), "declined");
    expect(await here.tokens()).toHaveLength(1);
  });
});

describe("a client without forms", () => {
  const open = () => openSetting({ env: { FLY_TOKENS_CONFIRM: "auto" } });

  it("does exactly the rest of the plan, and says what has become of the others", async () => {
    const here = await open();
    const ids = [];
    for (const name of ["a", "b", "c"]) ids.push(await here.toFile(name, { expires: "3d" }));
    const [gone = "", edited = "", fine = ""] = ids;
    const { confirmation } = asked(await here.call("rotate_token", { expires_within: "7d" }));
    await here.registry.call("POST", `/tokens/${gone}/revoke`);
    await here.write("b", "somebody else's\n");
    const { rotations } = await here.rotate({ expires_within: "7d", confirmation });
    const outcomes = Object.fromEntries(
      (rotations ?? []).map(({ id, error, old }) => [id, error?.code ?? old?.status]),
    );
    expect(outcomes).toEqual({ [gone]: "conflict", [edited]: "unsupported", [fine]: "revoked" });
    expect(await here.tokens()).toHaveLength(4);
  });

  it("of more than twenty is told to ask for less", async () => {
    const here = await open();
    for (let count = 0; count < 21; count++)
      await here.registry.call("POST", "/tokens", {
        name: `n${count}`,
        permission: "read_only",
        expires_at: new Date(here.world.now + 86_400_000).toISOString(),
      });
    expectRefusal(await here.call("rotate_token", { expires_within: "7d" }), "invalid_input", /More than 20/);
  });

  it("has it approved at a terminal where the operator wants that always", async () => {
    const here = await openSetting({ env: { FLY_TOKENS_CONFIRM: "always" } });
    const id = await here.toFile();
    const { confirmation } = asked(await here.call("rotate_token", { id }));
    expectRefusal(await here.call("rotate_token", { id, confirmation }), "needs_confirmation");
    expect(await here.tokens()).toHaveLength(1);
  });

  it("is told what a destination without a delivery means", async () => {
    const here = await open();
    const id = await here.toFile();
    const result = await here.call("rotate_token", { id, deliver_path: "elsewhere" });
    expectRefusal(result, "invalid_input", /deliver_path means nothing without deliver_to/);
  });
});

describe("the operator's rules", () => {
  /** By the settings of a server that was started anew. */
  const ruled = async (rules: object) => {
    const here = await openSetting();
    await here.write("policy.json", JSON.stringify(rules));
    return openSetting({ env: { FLY_TOKENS_POLICY: here.at("policy.json") } });
  };

  it("a delivery that is forbidden is not made again, and not beside the others", async () => {
    const here = await openSetting();
    const id = await here.toFile();
    const { policy } = await ruled({ deliveries: ["env_file"] }).then(({ context }) => context);
    here.context.policy = policy;
    expectRefusal(await here.call("rotate_token", { id }), "forbidden", /deliver/);
    expect(await here.active()).toEqual([id]);
  });
});

describe("a page that nobody opens", () => {
  const unused = async (here: Setting) => {
    await here.context.openEnds.close().catch(() => {});
  };

  it("takes nothing from the places that have the new value", async () => {
    const here = await openSetting();
    const id = await here.toFile();
    const {
      new: successor,
      next,
      old_kept_until,
      rewritten,
    } = await here.rotate({ id, deliver_to: "reveal_page" });
    expect(next).not.toMatch(/token is revoked/);
    expect(rewritten).toEqual([{ where: here.at("the-token"), verified: true }]);
    expect(old_kept_until).toBe("2026-03-02T10:00:00.000Z");
    await unused(here);
    expect((await here.active()).sort()).toEqual([id, successor?.id].sort());
    here.expectUnseen();
  });

  it("ends a token that nobody else has, and the old one can be rotated again", async () => {
    const here = await openSetting();
    await here.call("generate_token", { name: "ci" });
    const [id = ""] = await here.active();
    const { next } = await here.rotate({ id, deliver_to: "reveal_page" });
    expect(next).toMatch(/token is revoked/);
    await unused(here);
    expect(await here.active()).toEqual([id]);
    const { new: successor } = await here.rotate({ id, deliver_to: "inline" });
    expect((await here.active()).sort()).toEqual([id, successor?.id].sort());
  });
});

describe("a value that is shown", () => {
  it.each([
    ["which nobody else has ends with the call whose answer reached nobody", {}, 0],
    ["which a place has stays when the answer reached nobody", { deliver_to: "file", deliver_path: "a" }, 1],
  ])("%s", async (_what, place, rewritten) => {
    const here = await openSetting();
    await here.call("generate_token", { name: "ci", ...place });
    const [id = ""] = await here.active();
    const input = rotateToken.input.parse({ id, deliver_to: "inline" });
    const output = await rotateToken.run(input, here.context);
    expect(output.rewritten).toHaveLength(rewritten);
    await rotateToken.lost?.(output, input, here.context);
    expect(await here.active()).toHaveLength(1 + rewritten);
    expect(await here.active()).toContain(id);
  });

  it("is shown although its issuer says nothing more once it is made", async () => {
    const here = await openSetting();
    await here.call("generate_token", { name: "ci" });
    const [id = ""] = await here.active();
    let made = false;
    here.world.cut = (request) => {
      const isDown = made && request.startsWith("GET /fly/api/v1/tokens");
      made ||= request === "POST /fly/api/v1/tokens";
      return isDown;
    };
    const { credential, new: successor } = await here.rotate({ id, deliver_to: "inline" });
    expect(credential?.token).toBe(here.values[1]);
    expect(successor).toMatchObject({
      name: "ci",
      permission: "read_only",
      expires_at: "2026-03-31T10:00:00.000Z",
    });
  });
});

it.each([
  ["0", null],
  ["0d", null],
  ["90m", "2026-03-01T11:30:00.000Z"],
])("keep_old_for %s keeps it until %s", async (keep_old_for, until) => {
  const here = await openSetting();
  const id = await here.toFile();
  const { old_kept_until = null } = await here.rotate({ id, keep_old_for });
  expect(old_kept_until).toBe(until);
});

it.each([
  ["never", {}, null],
  ["never", { expires: "2d" }, "2026-03-03T10:00:00.000Z"],
  ["2d", { expires: "never" }, null],
  ["2d", {}, "2026-03-03T10:00:00.000Z"],
])("one that lives %s, with %j, has a successor that ends %s", async (expires, more, end) => {
  const here = await openSetting();
  const id = await here.toFile("one", { expires });
  expect((await here.rotate({ id, ...more })).new?.expires_at).toBe(end);
});

it("one that has expired is rotated, and its successor at once", async () => {
  const here = await openSetting();
  const id = await here.toFile("one", { expires: "1d" });
  here.later(25);
  const { new: successor, old } = await here.rotate({ id });
  expect(old).toMatchObject({ id, status: expect.stringMatching(/expired|revoked/) });
  expect(await here.read("one")).toBe(`${here.values[1]}\n`);
  const { new: next } = await here.rotate({ id: successor?.id });
  expect(await here.active()).toEqual([next?.id]);
});
