/**
 * A page on loopback that shows a value once, to whoever knows the code. Asking for it (GET) shows a form and changes
 * nothing, so that no preview uses it up; the first right code (POST) does. It holds the value until then, and if that
 * is not within five minutes the token is abandoned. For a minute more it says what became of it.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Problem } from "../../problem.ts";
import type { Login, OpenEnd } from "../delivery.ts";
import { headers } from "./document.ts";
import { refusal } from "./guard.ts";
import { listen } from "./listen.ts";
import { askPage, overPage, valuePage } from "./pages.ts";
import { Pairing } from "./pairing.ts";

/** Milliseconds. */
const patience = 5 * 60_000;
const farewell = 60_000;

/**
 * @param abandon ends the token; does nothing for one that nobody can end
 * @throws Problem `unsupported` where nothing may listen
 */
export async function openPage(login: Login, abandon: () => Promise<void>): Promise<RevealPage> {
  const server = await listen();
  const page = new RevealPage(server, login, abandon);
  server.on("request", (request, response) => {
    page.answer(request, response).catch(() => response.destroy());
  });
  return page;
}

class RevealPage implements OpenEnd {
  readonly done: Promise<void>;
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #path = `/${randomBytes(24).toString("base64url")}`;
  readonly #pairing = new Pairing();
  readonly #token: Login["token"];
  readonly #abandon: () => Promise<void>;
  /** Until somebody was shown it, or nobody will be. */
  #login: Login | undefined;
  /** What became of it, for whoever comes later. */
  #end = "The value was shown. If that was not to you, have the token revoked.";
  /** The token could not be ended. */
  #isLeft = false;
  #timer: NodeJS.Timeout;
  #settle: (why?: unknown) => void = () => {};

  constructor(server: Server, login: Login, abandon: () => Promise<void>) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.#port}${this.#path}`;
    this.#login = login;
    this.#token = login.token;
    this.#abandon = abandon;
    this.done = new Promise((resolve, reject) => {
      this.#settle = (why) => {
        this.#timer = setTimeout(() => this.#stop(), farewell);
        if (why === undefined) resolve();
        else reject(why);
      };
    });
    // For whoever waits for it; that nobody does is no fault.
    this.done.catch(() => {});
    this.#timer = setTimeout(async () => {
      this.#settle(await this.#giveUp("Nobody typed the code in time."));
    }, patience);
  }

  get invitation(): string {
    return `Type the code ${this.#pairing.code} on the page: it shows the value of the new token once. Unused, it closes after 5 minutes${this.#token ? ", and the token is revoked" : ""}.`;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, this.#port, this.#path);
    if (refused !== undefined) await send(response, refused, overPage("This is not how the page is opened."));
    else if (request.method === "POST") await this.#judge(await codeIn(request), response);
    else if (this.#login) await send(response, 200, askPage(this.#token), form);
    else await send(response, 410, overPage(this.#end));
  }

  /** Ends it now. @throws what kept the token from being ended */
  async close(): Promise<void> {
    if (this.#login) this.#settle(await this.#giveUp("The program ended before the code was typed."));
    await this.done.catch(() => {});
    this.#stop();
    // The last chance for one that could not be ended before.
    if (this.#isLeft) await this.#abandon();
    this.#isLeft = false;
  }

  async #judge(typed: string, response: ServerResponse): Promise<void> {
    // Nothing waits from here until it is decided: of many that come at once, one is the first.
    const login = this.#login;
    if (response.req.socket.destroyed) return;
    if (!login) {
      await send(response, 410, overPage(this.#end));
    } else if (this.#pairing.accepts(typed)) {
      this.#forget();
      const arrived = await send(response, 200, valuePage(login));
      this.#settle(
        arrived ? undefined : await this.#giveUp("The browser went away before it had the value."),
      );
    } else if (this.#pairing.left > 0) {
      await send(response, 403, askPage(this.#token, this.#pairing.left), form);
    } else {
      const why = await this.#giveUp("Five wrong codes were typed.");
      await send(response, 403, overPage(this.#end));
      this.#settle(why);
    }
  }

  /** @param event a sentence @returns a Problem that says what became of the token, or what kept it from being ended */
  async #giveUp(event: string): Promise<unknown> {
    this.#forget();
    this.#end = event;
    try {
      await this.#abandon();
      this.#end = `${event} ${this.#token ? `The new token ${this.#token.id} was revoked.` : "Nobody saw the value."}`;
      return new Problem("declined", this.#end, "Call again when somebody is there to open the page.");
    } catch (error) {
      this.#isLeft = true;
      this.#end = `${event} The new token could not be revoked: have that done.`;
      return error;
    }
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#login = undefined;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Under `no-referrer` a browser would not say in `Origin` where a form comes from. */
const form = { "referrer-policy": "same-origin" };

/** @returns whether all of it was sent before the connection ended */
function send(response: ServerResponse, status: number, html: string, more = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const { socket } = response.req;
    if (socket.destroyed) return resolve(false);
    // The response itself counts as finished also where its bytes were thrown away.
    socket.once("close", () => resolve(socket.writableFinished));
    response.writeHead(status, { ...headers, ...more, "content-length": Buffer.byteLength(html) }).end(html);
  });
}

/** What was typed. Its size has been checked. */
async function codeIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8")).get("code") ?? "";
}
