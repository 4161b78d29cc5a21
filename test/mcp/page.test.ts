/** A page for a person, in clients that open addresses (URL-mode elicitation) and in those that do not. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateToken } from "../../tools/generate-token.ts";
import { ask, invitationIn, type, valueIn } from "../delivery/browser.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { type Machine, openMachine } from "../support/machine.ts";
import type { Answer, ClientOptions, Page } from "../support/world.ts";

interface Round {
  resultType?: string;
  requestState?: string;
  structuredContent?: { delivery: object };
}

let machine: Machine;
beforeEach(async () => {
  machine = await openMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

const args = { name: "deploy", deliver_to: "reveal_page" };
const codeIn = ({ message }: Page) => /code (\S+) on the page/.exec(message)?.[1] ?? "";
const statuses = async () => (await machine.tokens()).map(({ status }) => status);

describe.each<ClientOptions["era"]>(["legacy", "modern"])("a client of the %s era", (era) => {
  it("is asked to open the page, and the agent is told of it all the same", async () => {
    const asked: Page[] = [];
    const { call } = await machine.connect({
      era,
      browse: (page) => {
        asked.push(page);
        return { action: "accept", content: {} };
      },
    });
    const result = await call("generate_token", args);
    const { delivery } = answerOf(generateToken, result);
    const [page, ...others] = asked;
    if (!page) throw new Error("Nobody was asked.");
    expect(others).toEqual([]);
    expect(page.url).toBe(delivery.location);
    expect(page.url).not.toContain(codeIn(page));
    expect(invitationIn(result.text)).toEqual({ url: page.url, code: codeIn(page) });
    expect(valueIn((await type(page.url, codeIn(page))).text)).toBe(machine.values[0]);
    expect(machine.values).toHaveLength(1);
    expect(machine.frames.join("\n")).not.toContain(machine.values[0]);
    await machine.context.close();
    expect(await statuses()).toEqual(["active"]);
  });

  it("sees the page while it still asks", async () => {
    let shown: string | undefined;
    const { call } = await machine.connect({
      era,
      browse: async (page) => {
        shown = valueIn((await type(page.url, codeIn(page))).text);
        return { action: "accept", content: {} };
      },
    });
    answerOf(generateToken, await call("generate_token", args));
    expect(shown).toBe(machine.values[0]);
    expect(machine.values).toHaveLength(1);
  });

  it.each<Answer["action"]>(["decline", "cancel"])(
    "leaves it to the agent when the answer is %s",
    async (action) => {
      const { call } = await machine.connect({ era, browse: () => ({ action }) as Answer });
      const result = await call("generate_token", args);
      answerOf(generateToken, result);
      const { url, code } = invitationIn(result.text);
      expect(valueIn((await type(url, code)).text)).toBe(machine.values[0]);
      expect(machine.values).toHaveLength(1);
    },
  );

  it("that opens none is asked nothing", async () => {
    let asked = 0;
    const { call } = await machine.connect({
      era,
      ask: () => {
        asked++;
        return { action: "decline" };
      },
    });
    const result = await call("generate_token", args);
    answerOf(generateToken, result);
    expect((await ask(invitationIn(result.text).url)).status).toBe(200);
    expect(asked).toBe(0);
  });

  it("is asked nothing where there is no page", async () => {
    let asked = 0;
    const browse = (): Answer => {
      asked++;
      return { action: "decline" };
    };
    const { call } = await machine.connect({ era, browse });
    answerOf(generateToken, await call("generate_token", { name: "x" }));
    answerOf(
      generateToken,
      await call("generate_token", { name: "x", deliver_to: "file", deliver_path: "x" }),
    );
    expect(asked).toBe(0);
  });

  it("is refused as ever where nothing can be made", async () => {
    const { call } = await machine.connect({ era, browse: () => ({ action: "decline" }) });
    expectRefusal(
      await call("generate_token", { ...args, deliver_path: "x" }),
      "invalid_input",
      /deliver_path/,
    );
    expect(await statuses()).toEqual([]);
  });
});

describe("a client of the legacy era", () => {
  it("is told when the page is done", async () => {
    const asked: Page[] = [];
    const { client, call } = await machine.connect({
      era: "legacy",
      browse: (page) => {
        asked.push(page);
        return { action: "accept", content: {} };
      },
    });
    const told = new Promise<string>((resolve) =>
      client.setNotificationHandler("notifications/elicitation/complete", ({ params }) =>
        resolve(params.elicitationId),
      ),
    );
    await call("generate_token", args);
    const [page] = asked;
    if (!page) throw new Error("Nobody was asked.");
    expect(page.elicitationId).toMatch(/^[\w-]{36}$/);
    await type(page.url, codeIn(page));
    expect(await told).toBe(page.elicitationId);
  });
});

describe("a call of the modern era that comes back", () => {
  const accepted = { page: { action: "accept", content: {} } };

  /** Rounds as a client sends them by hand. */
  async function byHand() {
    const { client } = await machine.connect({ era: "modern", browse: () => ({ action: "decline" }) });
    const round = async (params: Record<string, unknown>): Promise<Round> => {
      const call = { name: "generate_token", arguments: args, ...params };
      return (await client.callTool(call as never, { allowInputRequired: true })) as Round;
    };
    const first = await round({});
    expect(first.resultType).toBe("input_required");
    return { round, requestState: first.requestState };
  }

  it("gets the same answer as often as it comes, and no second token", async () => {
    const { round, requestState } = await byHand();
    const answers = [
      await round({ requestState, inputResponses: accepted }),
      await round({ requestState, inputResponses: { page: { action: "decline" } } }),
    ];
    expect(answers[0]?.structuredContent?.delivery).toMatchObject({ kind: "reveal_page" });
    expect(answers[1]?.structuredContent).toEqual(answers[0]?.structuredContent);
    expect(machine.values).toHaveLength(1);
  });

  it("gets nothing for other arguments", async () => {
    const { round, requestState } = await byHand();
    const other = { arguments: { ...args, name: "other" }, requestState, inputResponses: accepted };
    expect(await round(other)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/another call/) }, {}],
    });
    expect(machine.values).toHaveLength(1);
  });

  it("makes nothing where it says that it comes back, and does not", async () => {
    const { round } = await byHand();
    expect(await round({ inputResponses: accepted })).toMatchObject({ isError: true });
    expect(machine.values).toHaveLength(1);
  });

  it("is refused with a state that was tampered with", async () => {
    const { round, requestState } = await byHand();
    const forged = `${requestState?.slice(0, -2)}AA`;
    await expect(round({ requestState: forged, inputResponses: accepted })).rejects.toMatchObject({
      code: -32602,
    });
    expect(machine.values).toHaveLength(1);
  });

  it("may never come: the token is revoked with the server", async () => {
    await byHand();
    await machine.context.close();
    expect(await statuses()).toEqual(["revoked"]);
  });
});
