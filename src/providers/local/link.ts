/**
 * The way to the local registry: the one that answers at its address, else one that is started inside this process.
 * A key is sent only to a registry that has proved within the last second that it knows that key.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { ServedRegistry } from "../../registry/serve.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import { refusal, refusedConnection, type SendOptions, send } from "../http.ts";
import { canServe, checkAddress } from "./address.ts";
import { keyId, newChallenge, proves } from "./proof.ts";
import { registryFolder, serveOptions } from "./serving.ts";

/** What it needs of the world: the network, and for the registry that may be started inside, the rest. */
type LinkSeams = Pick<Seams, "fetch" | "now" | "run" | "env">;

/** Milliseconds. Who listens at an address can change; asking again costs less than a millisecond. */
const proofLifetime = 1_000;
/** Milliseconds. What is on this machine and does not say who it is by then is not a registry. */
const healthTimeout = 5_000;
const startAttempts = 3;

/** A key that the registry has proved to know. */
interface Proven {
  key: Promise<Secret>;
  /** On the clock of `performance.now()`. */
  until: number;
}

export class Link {
  readonly #config: Config;
  readonly #seams: LinkSeams;
  #proven: Proven | undefined;
  #served: ServedRegistry | undefined;
  #closed = false;

  constructor(config: Config, seams: LinkSeams) {
    this.#config = config;
    this.#seams = seams;
  }

  /** Whether the registry runs inside this process and ends with it. */
  get embedded(): boolean {
    return this.#served !== undefined;
  }

  /** Sends a request with the user's key, unless it brings a credential of its own. @throws Problem */
  async request(request: Request, options?: SendOptions): Promise<Response> {
    const proven = this.#prove();
    try {
      return await this.#send(request, await proven.key, options);
    } catch (error) {
      // The registry has gone away just now, and nothing of this request can have arrived: take its place.
      if (!refusedConnection(error)) throw error;
      this.#forget(proven);
      return this.#send(request, await this.#prove().key, options);
    }
  }

  /** Ends the registry that runs inside, if one does; after this nothing is sent and none is started. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#proven?.key.catch(() => {});
    await this.#served?.close();
    this.#served = undefined;
  }

  #send(request: Request, key: Secret, options?: SendOptions): Promise<Response> {
    const authorized = request.clone();
    if (!authorized.headers.has("authorization"))
      authorized.headers.set("authorization", `Bearer ${key.reveal()}`);
    return send(authorized, this.#seams.fetch, options);
  }

  /** Calls that come at once share one answer, and start one registry at most. */
  #prove(): Proven {
    if (this.#closed)
      throw new Problem("provider_down", "The way to the local registry is closed.", "Start the server again.");
    if (this.#proven && performance.now() < this.#proven.until) return this.#proven;
    const proven: Proven = { key: this.#connect(), until: Number.POSITIVE_INFINITY };
    this.#proven = proven;
    proven.key.then(
      () => {
        // Nobody can take an address away from this process itself.
        if (!this.#served) proven.until = performance.now() + proofLifetime;
      },
      () => this.#forget(proven),
    );
    return proven;
  }

  #forget(proven: Proven): void {
    if (this.#proven === proven) this.#proven = undefined;
  }

  /** Finds or starts the registry; returns the key to use there. */
  async #connect(): Promise<Secret> {
    const url = checkAddress(this.#config.local_url);
    const ownKey = this.#config.local_key;
    if (ownKey && !/^[!-~]+$/.test(ownKey.reveal()))
      throw new Problem(
        "not_configured",
        "FLY_TOKENS_LOCAL_KEY is not a key.",
        "Set it to the key that an admin of the registry gave you; it begins with flyk_.",
      );
    for (let attempt = 1; attempt <= startAttempts; attempt++) {
      const challenge = newChallenge();
      const health = await this.#health(url, challenge);
      if (health) {
        // Read after the answer: a process that started the registry just now has made the file just now.
        const key = ownKey ?? (await readKey(registryFolder(this.#config)));
        if (key && proves(health.proof, key, challenge)) return key;
        throw stranger(url, health, ownKey !== undefined);
      }
      if (!canServe(url)) throw nobody(url);
      // Another process that was faster is asked in the next round.
      if (!(await this.#start())) await pause(Math.random() * 100);
    }
    throw new Problem(
      "provider_down",
      `The local registry at ${url.origin} could not be reached or started.`,
      "Run `fly-tokens registry` in a terminal to see why.",
    );
  }

  /** What answers at the address says of itself; `undefined` when nobody does. */
  async #health(url: URL, challenge: string): Promise<Health | undefined> {
    const { local_key, local_url } = this.#config;
    const query = new URLSearchParams({ challenge, ...(local_key && { key_id: keyId(local_key) }) });
    try {
      const request = new Request(`${local_url}/fly/api/v1/health?${query}`);
      const response = await send(request, this.#seams.fetch, { timeout: healthTimeout });
      if (response.status >= 500) throw refusal(response, undefined, {});
      return healthIn(await response.text());
    } catch (error) {
      if (refusedConnection(error)) return undefined;
      throw error;
    }
  }

  /** Starts a registry at the configured address. @returns whether it did: another process may have been faster */
  async #start(): Promise<boolean> {
    const { serveRegistry } = await import("../../registry/serve.ts");
    try {
      this.#served = await serveRegistry(serveOptions(this.#config, this.#seams, this.#config.local_url));
      return true;
    } catch (error) {
      const { code } = (error instanceof Problem ? error.cause : undefined) as { code?: unknown };
      if (code === "EADDRINUSE") return false;
      throw error;
    }
  }
}
