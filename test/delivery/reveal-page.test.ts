/** The page on which a person sees a new token: real requests on loopback, by a browser that says what it likes. */
import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "../../src/delivery/reveal/listen.ts";
import { openPage } from "../../src/delivery/reveal/page.ts";
import { Pairing } from "../../src/delivery/reveal/pairing.ts";
import { Problem } from "../../src/problem.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openMachine } from "../support/machine.ts";
import { type Answer, type Asking, ask, formHeaders, invitationIn, type, valueIn } from "./browser.ts";

const value = "flyt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG123456";
const minutes = 60_000;

type Page = Awaited<ReturnType<typeof openPage>>;

let abandoned: number;
let abandon: () => Promise<void>;
const pages: Page[] = [];

beforeEach(() => {
  abandoned = 0;
  abandon = async () => {
    abandoned++;
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.allSettled(pages.splice(0).map((page) => page.close()));
});

async function open(login: Partial<Parameters<typeof openPage>[0]> = {}) {
  const token = { id: "tok_1", provider: "local", name: "deploy" };
  const page = await openPage({ username: "admin", secret: new Secret(value), token, ...login }, () =>
    abandon(),
  );
  pages.push(page);
  return { page, url: page.url, code: codeOf(page) };
}

const codeOf = (page: Page) => / code (\S+) /.exec(page.invitation)?.[1] ?? "";
const wrong = "0000-0000";
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

/** Nothing was shown, and the right code is still good for it. */
async function expectUntouched({ url, code }: { url: string; code: string }): Promise<void> {
  expect(valueIn((await type(url, code)).text)).toBe(value);
}

/** Why it has come to nothing. */
function end(page: Page): Promise<Problem> {
  return page.done.then(
    () => Promise.reject(new Error("It was shown.")),
    (problem: Problem) => problem,
  );
}

describe("the way to it", () => {
  it("is a loopback address with a path that nobody guesses", async () => {
    const { url } = await open();
    const other = await open();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/);
    expect(new URL(other.url).pathname).not.toBe(new URL(url).pathname);
  });

  it("has the code nowhere in it, nor on the page", async () => {
    const { url, code } = await open();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const { text, headers } = await ask(url);
    expect(url + text + JSON.stringify(headers)).not.toContain(code);
    expect(text).not.toContain(code.slice(0, 4));
  });

  it("listens on this machine alone", async () => {
    await expect(listen("192.0.2.1")).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("EADDRNOTAVAIL"),
    });
    const server = await listen();
    expect(server.address()).toMatchObject({ address: "127.0.0.1" });
    server.close();
  });

  it("is told to nobody who asks elsewhere on the port", async () => {
    const one = await open();
    const { origin, pathname } = new URL(one.url);
    for (const path of [
      "/",
      "/favicon.ico",
      `${pathname}/`,
      `${pathname}?x`,
      pathname.slice(0, -1),
      pathname.toUpperCase(),
    ]) {
      const { status, text } = await type(origin + path, one.code);
      expect([path, status]).toEqual([path, 404]);
      expect(text).not.toContain(pathname);
    }
    await expectUntouched(one);
  });
});

describe("asking for it", () => {
  it.each(["GET", "HEAD"])(
    "by %s, as often as a preview likes, changes nothing and shows no value",
    async (method) => {
      const one = await open();
      for (const headers of [{}, { "sec-purpose": "prefetch" }, { purpose: "preview" }]) {
        const { status, text } = await ask(one.url, { method, headers });
        expect(status).toBe(200);
        expect(text === "").toBe(method === "HEAD");
        expect(text).not.toContain(value.slice(0, 12));
      }
      await expectUntouched(one);
    },
  );

  it("shows a form that can be used by keyboard and by ear", async () => {
    const { url } = await open();
    const { text } = await ask(url);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<label for="code">');
    expect(text).toMatch(/<input id="code"[^>]* autocomplete="off"/);
    expect(text).not.toMatch(/<script|https?:\/\/|src=/);
  });

  it("sends what keeps browsers, caches and frames from doing anything with it", async () => {
    const { url, code } = await open();
    for (const answer of [await ask(url), await type(url, wrong), await type(url, code), await ask(url)]) {
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "content-type": "text/html; charset=utf-8",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
      });
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toMatch(/default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      // A browser says nothing in Origin of a form on a page that wants no referrer.
      const hasForm = answer.text.includes("<form");
      expect(answer.headers["referrer-policy"]).toBe(hasForm ? "same-origin" : "no-referrer");
    }
  });
});

describe("typing the code", () => {
  it("shows the value, once, and whose it is", async () => {
    const { page, url, code } = await open();
    const { status, text } = await type(url, code);
    expect(status).toBe(200);
    expect(valueIn(text)).toBe(value);
    expect(text).toContain("deploy");
    expect(text).toContain("<code>admin</code>");
    await page.done;
    expect(abandoned).toBe(0);
  });

  it("shows nothing a second time, by whatever method", async () => {
    const { url, code } = await open();
    await type(url, code);
    for (const answer of [
      await type(url, code),
      await ask(url),
      await ask(url, { method: "HEAD" }),
      await type(url, wrong),
    ]) {
      expect(answer.status).toBe(410);
      expect(answer.text).not.toContain(value.slice(0, 12));
    }
  });

  it("shows it to one of many who come at once", async () => {
    const { url, code } = await open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => type(url, code)));
    expect(answers.filter(({ text }) => text.includes(value))).toHaveLength(1);
    expect(statuses(answers)).toEqual([200, ...Array(49).fill(410)]);
    expect(abandoned).toBe(0);
  });

  it.each([
    ["in small letters, without the dash", (code: string) => code.toLowerCase().replace("-", "")],
    ["with blanks", (code: string) => ` ${code.replace("-", " – ")} `],
    [
      "wide",
      (code: string) =>
        code.replace(/[0-9A-Z]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0)),
    ],
  ])("takes it %s", async (_, written) => {
    const { url, code } = await open();
    expect((await type(url, written(code))).status).toBe(200);
  });

  it("reads the signs that look alike as one", () => {
    const found = new Set<string>();
    for (let round = 0; round < 2_000 && found.size < 2; round++) {
      const pairing = new Pairing();
      for (const [sign, other] of [
        ["0", "o"],
        ["1", "I"],
      ] as const)
        if (pairing.code.includes(sign) && pairing.accepts(pairing.code.replaceAll(sign, other)))
          found.add(sign);
    }
    expect([...found].sort()).toEqual(["0", "1"]);
  });

  it("counts wrong ones, and takes the right one at the fifth try", async () => {
    const { url, code } = await open();
    for (const left of ["4 tries are", "3 tries are", "2 tries are", "One try is"]) {
      const { status, text } = await type(url, wrong);
      expect(status).toBe(403);
      expect(text).toContain(`<p role="alert" id="wrong">That is not the code. ${left} left.</p>`);
      expect(text).toContain('aria-invalid="true"');
      expect(text).not.toContain(value.slice(0, 12));
    }
    expect((await type(url, code)).text).toContain(value);
    expect(abandoned).toBe(0);
  });

  it("closes after five wrong ones, and the token is revoked", async () => {
    const { page, url, code } = await open();
    const answers: Answer[] = [];
    for (let round = 0; round < 5; round++) answers.push(await type(url, round % 2 ? "" : wrong));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(403));
    expect(answers.at(-1)?.text).toContain("Five wrong codes were typed. The new token tok_1 was revoked.");
    expect(answers.at(-1)?.text).not.toContain("<form");
    expect((await type(url, code)).status).toBe(410);
    expect(abandoned).toBe(1);
    expect(await end(page)).toMatchObject({
      code: "declined",
      message: expect.stringContaining("tok_1 was revoked"),
    });
  });

  it("gives no more than five tries to many who come at once", async () => {
    const { url } = await open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => type(url, wrong)));
    expect(statuses(answers)).toEqual([...Array(5).fill(403), ...Array(45).fill(410)]);
    expect(abandoned).toBe(1);
  });
});

describe("what is not the form of this page", () => {
  /** The form as it would be sent, but for some headers; `undefined` for one that is not sent. */
  const posted = (url: string, code: string, other: Record<string, string | undefined> = {}): Asking => {
    const body = `code=${code}`;
    const headers = Object.entries({ ...formHeaders(url, body), ...other });
    return {
      method: "POST",
      body,
      headers: Object.fromEntries(
        headers.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
      ),
    };
  };

  it.each<[string, number, (port: string) => Record<string, string | undefined>]>([
    ["from another origin", 403, () => ({ origin: "https://example.com" })],
    ["from another port of this machine", 403, () => ({ origin: "http://127.0.0.1:1" })],
    ["from this address by another scheme", 403, (port) => ({ origin: `https://127.0.0.1:${port}` })],
    ["from another name of this machine", 403, (port) => ({ origin: `http://localhost:${port}` })],
    ["from an origin that is not said", 403, () => ({ origin: undefined })],
    ["from an origin that hides", 403, () => ({ origin: "null" })],
    ["when a browser calls it cross-site", 403, () => ({ "sec-fetch-site": "cross-site" })],
    ["when a browser calls it same-site", 403, () => ({ "sec-fetch-site": "same-site" })],
    ["when it comes from no page", 403, () => ({ "sec-fetch-site": "none" })],
    ["at a name that was rebound", 403, () => ({ host: "example.com", origin: "http://example.com" })],
    [
      "at a name that was rebound, with our port",
      403,
      (port) => ({ host: `example.com:${port}`, origin: `http://example.com:${port}` }),
    ],
    ["at the right address without its port", 403, () => ({ host: "127.0.0.1", origin: "http://127.0.0.1" })],
    ["at a name that begins like it", 403, (port) => ({ host: `localhost.example.com:${port}` })],
    ["with another type", 415, () => ({ "content-type": "text/plain" })],
    [
      "with a type that begins like it",
      415,
      () => ({ "content-type": "application/x-www-form-urlencoded2" }),
    ],
    ["with no type", 415, () => ({ "content-type": undefined })],
  ])("is refused %s, and takes no try", async (_, status, other) => {
    const one = await open();
    for (let round = 0; round < 6; round++) {
      const answer = await ask(one.url, posted(one.url, one.code, other(new URL(one.url).port)));
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain(value.slice(0, 12));
    }
    await expectUntouched(one);
  });

  it("is not even shown to a page of another name that leads here", async () => {
    const { url } = await open();
    const { status, text } = await ask(url, { headers: { host: "example.com" } });
    expect(status).toBe(403);
    expect(text).not.toContain("<form");
  });

  it("may be reached by the name of this machine", async () => {
    const { url, code } = await open();
    const headers = { host: new URL(url).host.replace("127.0.0.1", "localhost") };
    expect((await ask(url, { headers })).status).toBe(200);
    expect((await type(url, code, headers)).status).toBe(403);
    const both = { ...headers, origin: `http://${headers.host}` };
    expect((await type(url, code, both)).status).toBe(200);
  });

  it.each(["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])("is refused as %s", async (method) => {
    const one = await open();
    const answer = await ask(one.url, { ...posted(one.url, one.code), method });
    expect(answer.status).toBe(405);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    await expectUntouched(one);
  });

  it("is refused where it is too large, or does not say how large", async () => {
    const one = await open();
    const large = `code=${one.code}&more=${"x".repeat(1_024)}`;
    expect(
      (await ask(one.url, { method: "POST", body: large, headers: formHeaders(one.url, large) })).status,
    ).toBe(413);
    const chunked = posted(one.url, one.code, {
      "content-length": undefined,
      "transfer-encoding": "chunked",
    });
    expect((await ask(one.url, chunked)).status).toBe(411);
    await expectUntouched(one);
  });
});

/** A connection that sends a part of what it has announced. */
async function stall({ url, code }: { url: string; code: string }) {
  const { port, pathname } = new URL(url);
  const body = `code=${code}`;
  const lines = Object.entries({ host: new URL(url).host, ...formHeaders(url, body) });
  const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  socket.write(
    `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, text]) => `${name}: ${text}\r\n`).join("")}\r\n`,
  );
  socket.write(body.slice(0, -1));
  return { socket, closed: once(socket, "close"), finish: () => socket.write(body.slice(-1)) };
}

describe("a client that goes away", () => {
  it("in the middle of the form has used nothing up", async () => {
    const one = await open();
    const gone = await stall(one);
    await ask(one.url);
    gone.socket.destroy();
    await gone.closed;
    await expectUntouched(one);
  });

  it("before all of the value was sent has seen it or not: the token is revoked", async () => {
    // More than the system takes off our hands for a client that does not read.
    const { page, url, code } = await open({ secret: new Secret("x".repeat(2 ** 24)) });
    const gone = await stall({ url, code });
    gone.finish();
    await once(gone.socket, "readable");
    gone.socket.destroy();
    expect((await end(page)).message).toBe(
      "The browser went away before it had the value. The new token tok_1 was revoked.",
    );
    expect(abandoned).toBe(1);
    expect((await type(url, code)).status).toBe(410);
  });
});

describe("a slow client", () => {
  it("keeps nobody else from the page, and comes too late", async () => {
    const one = await open();
    const slow = await stall(one);
    let said = "";
    slow.socket.on("data", (chunk) => {
      said += chunk;
    });
    await expectUntouched(one);
    slow.finish();
    await slow.closed;
    expect(said).toMatch(/^HTTP\/1\.1 410 /);
    expect(said).not.toContain(value.slice(0, 12));
  });

  it("is cut off after half a minute, and takes no try", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const one = await open();
    const slow = await stall(one);
    // Its request has arrived, since this one has.
    await ask(one.url);
    await vi.advanceTimersByTimeAsync(30_000);
    await slow.closed;
    await expectUntouched(one);
  });

  it("that sends nothing at all is cut off likewise", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const one = await open();
    const socket = connect(Number(new URL(one.url).port), "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    await ask(one.url);
    const closed = once(socket, "close");
    await vi.advanceTimersByTimeAsync(30_000);
    await closed;
  });

  it("does not keep the program from ending", async () => {
    const one = await open();
    const slow = await stall(one);
    await ask(one.url);
    await one.page.close();
    await slow.closed;
    expect(abandoned).toBe(1);
  });
});

describe("a page that nobody uses", () => {
  it("closes after five minutes, the token is revoked, and for a minute it says so", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { page, url, code } = await open();
    await vi.advanceTimersByTimeAsync(5 * minutes - 1);
    expect((await ask(url)).status).toBe(200);
    expect(abandoned).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await end(page)).toMatchObject({
      code: "declined",
      message: expect.stringContaining("tok_1 was revoked"),
    });
    expect(abandoned).toBe(1);
    const late = await type(url, code);
    expect(late.status).toBe(410);
    expect(late.text).toContain("Nobody typed the code in time. The new token tok_1 was revoked.");
    await vi.advanceTimersByTimeAsync(minutes);
    await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("does not close before, once it is used", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { page, url, code } = await open();
    await vi.advanceTimersByTimeAsync(5 * minutes - 1);
    await type(url, code);
    await page.done;
    await vi.advanceTimersByTimeAsync(10 * minutes);
    expect(abandoned).toBe(0);
    await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("closes with the program, which waits until the token is revoked", async () => {
    const { page, url } = await open();
    const order: string[] = [];
    const asked = new EventEmitter();
    abandon = async () => {
      await once(asked, "revoke");
      order.push("revoked");
    };
    const closing = page.close().then(() => order.push("closed"));
    expect((await ask(url)).status).toBe(410);
    asked.emit("revoke");
    await closing;
    expect(order).toEqual(["revoked", "closed"]);
    expect((await end(page)).code).toBe("declined");
    await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("that was used closes with the program, and revokes nothing", async () => {
    const { page, url, code } = await open();
    await type(url, code);
    await page.close();
    expect(abandoned).toBe(0);
    await page.close();
  });

  it("of a token that nobody can revoke says what is true of it", async () => {
    const { page } = await open({ token: undefined });
    await page.close();
    expect((await end(page)).message).toBe(
      "The program ended before the code was typed. Nobody saw the value.",
    );
  });
});

describe("a token that cannot be revoked", () => {
  const left = new Problem("provider_down", "The new token tok_1 could NOT be revoked.", "Use revoke_token.");

  it("is named to the person and to the program, and is tried again when that ends", async () => {
    const { page, url } = await open();
    abandon = async () => {
      abandoned++;
      if (abandoned === 1) throw left;
    };
    const answers: Answer[] = [];
    for (let round = 0; round < 5; round++) answers.push(await type(url, wrong));
    expect(answers.at(-1)?.text).toContain("could not be revoked");
    expect(await end(page)).toBe(left);
    await page.close();
    expect(abandoned).toBe(2);
    await page.close();
    expect(abandoned).toBe(2);
  });

  it("is what closing says when it cannot be helped", async () => {
    const { page } = await open();
    abandon = () => Promise.reject(left);
    await expect(page.close()).rejects.toBe(left);
    expect(await end(page)).toBe(left);
  });
});

describe("texts of others", () => {
  const nasty = `</output><script>alert(1)</script>"'&amp;<img src=x onerror=alert(1)>$&`;

  it("are shown as they are, and are no part of the page", async () => {
    const secret = new Secret(`${nasty}${value}`);
    const token = { id: nasty, provider: "local", name: `${nasty}\u202E\u0000` };
    const { url, code } = await open({ secret, token, username: nasty });
    const asked = (await ask(url)).text;
    const { text } = await type(url, code);
    expect(valueIn(text)).toBe(`${nasty}${value}`);
    for (const page of [asked, text]) expect(page).not.toMatch(/<img|alert\(1\)<\/script>|[\u202E\u0000]/);
    expect(text.match(/<script>/g)).toHaveLength(1);
    expect((await ask(url)).text).not.toContain("<img");
  });
});

describe("generate_token", () => {
  const generate = { name: "deploy", deliver_to: "reveal_page" };

  it("says where the page is and what the code is, and leaves the token alive once it was shown", async () => {
    await using machine = await openMachine();
    const result = await machine.call("generate_token", generate);
    const { token, delivery, credential } = answerOf(generateToken, result);
    expect(credential).toBeUndefined();
    expectSameFacts(result, "kind");
    const { url, code } = invitationIn(result.text);
    expect(delivery).toMatchObject({ kind: "reveal_page", location: url });
    expect(valueIn((await type(url, code)).text)).toBe(machine.values[0]);
    expect(result.wire).not.toContain(machine.values[0]);
    await machine.context.close();
    expect(await machine.tokens()).toEqual([{ id: token.id, status: "active" }]);
    await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("revokes it with the end of the server, and forgets its value", async () => {
    await using machine = await openMachine();
    const { token } = answerOf(generateToken, await machine.call("generate_token", generate));
    expect(machine.context.issued.get(token.id)).toBeDefined();
    await machine.context.close();
    expect(await machine.tokens()).toEqual([{ id: token.id, status: "revoked" }]);
    expect(machine.context.issued.get(token.id)).toBeUndefined();
  });

  it("keeps pages of several tokens apart", async () => {
    await using machine = await openMachine();
    const texts = [
      await machine.call("generate_token", generate),
      await machine.call("generate_token", generate),
    ];
    const [first, second] = texts.map(({ text }) => invitationIn(text));
    if (!first || !second) throw new Error("Two were made.");
    expect((await type(first.url, second.code)).status).toBe(403);
    expect(valueIn((await type(first.url, first.code)).text)).toBe(machine.values[0]);
    await machine.context.close();
    expect((await machine.tokens()).map(({ status }) => status).sort()).toEqual(["active", "revoked"]);
  });

  it("names a token that could not be revoked when the server ends", async () => {
    let isGone = false;
    await using machine = await openMachine({
      fetch: (real) => async (input, init) => {
        if (isGone) throw new TypeError("fetch failed");
        return real(input, init);
      },
    });
    const { token } = answerOf(generateToken, await machine.call("generate_token", generate));
    isGone = true;
    await expect(machine.context.close()).rejects.toMatchObject({
      code: "provider_down",
      message: expect.stringMatching(new RegExp(`The new token ${token.id} could NOT be revoked`)),
      fix: expect.stringContaining("revoke_token"),
    });
    isGone = false;
  });

  it("is not refused where secrets may not be in results", async () => {
    await using machine = await openMachine({ env: { FLY_TOKENS_INLINE_SECRETS: "deny" } });
    expectRefusal(await machine.call("generate_token", { name: "deploy" }), "forbidden", /reveal_page/);
    answerOf(generateToken, await machine.call("generate_token", generate));
  });
});
