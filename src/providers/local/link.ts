/**
 * The way to the local registry: the one that answers at its address, else one that is started inside this process.
 * A key is sent only to a registry that has proved just before that it knows that key.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { ServedRegistry } from "../../registry/serve.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import { checkAddress } from "../address.ts";
import { refusedConnection, type SendOptions, send } from "../http.ts";
import { canServe } from "./address.ts";
import { askHealth } from "./health.ts";
import { newChallenge, proves } from "./proof.ts";
import { registryFolder, serveOptions } from "./serving.ts";

/** What it needs of the world: the network, and for the registry that may be started inside, the rest. */
type LinkSeams = Pick<Seams, "fetch" | "now" | "run" | "env">;

const startAttempts = 3;

export class Link {
  readonly #config: Config;
  readonly #seams: LinkSeams;
  /** The key that is being proved, or that needs no proof any more. */
  #proven: Promise<Secret> | undefined;
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

  /** Whether somebody listens at its address; starts nothing, and takes nobody's word for who it is. */
  async isUp(): Promise<boolean> {
    const { local_url, local_key } = this.#config;
    if (this.embedded) return true;
    return askHealth(local_url, newChallenge(), local_key, this.#seams.fetch).then(
      (health) => health?.isRegistry === true,
      () => false,
    );
  }

  /** Sends a request with the user's key, unless it brings a credential of its own. @throws Problem */
  async request(request: Request, options?: SendOptions): Promise<Response> {
    try {
      return await this.#send(request, await this.#prove(), options);
    } catch (error) {
      // The registry has gone away just now, and nothing of this request can have arrived: take its place.
      if (!refusedConnection(error)) throw error;
      return this.#send(request, await this.#prove(), options);
    }
  }

  /** Ends the registry that runs inside, if one does; after this nothing is sent and none is started. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#proven?.catch(() => {});
    await this.#served?.close();
    this.#served = undefined;
  }

  #send(request: Request, key: Secret, options?: SendOptions): Promise<Response> {
    const authorized = request.clone();
    if (!authorized.headers.has("authorization"))
      authorized.headers.set("authorization", `Bearer ${key.reveal()}`);
    return send(authorized, this.#seams.fetch, options);
  }

  /**
   * The key, once the registry has proved to know it. Calls that come at once share one proof, and start one registry
   * at most. Who listens at a port can change at any time, so a proof does not last; except where this process listens
   * itself, and where TLS says who it is.
   */
  #prove(): Promise<Secret> {
    if (this.#closed)
      throw new Problem(
        "provider_down",
        "The way to the local registry is closed.",
        "Start the server again.",
      );
    this.#proven ??= this.#connect().then(
      (key) => {
        if (!this.#served && !this.#config.local_url.startsWith("https:")) this.#proven = undefined;
        return key;
      },
      (error) => {
        this.#proven = undefined;
        throw error;
      },
    );
    return this.#proven;
  }

  /** Finds or starts the registry; returns the key to use there. */
  async #connect(): Promise<Secret> {
    const { local_url, local_key, database_url } = this.#config;
    const url = checkAddress(local_url, "FLY_TOKENS_LOCAL_URL");
    if (local_key) checkKey(local_key);
    for (let attempt = 1; attempt <= startAttempts; attempt++) {
      const challenge = newChallenge();
      const health = await askHealth(local_url, challenge, local_key, this.#seams.fetch);
      if (health) {
        // Read after the answer: a process that has started the registry just now has made the file just now.
        const key = local_key ?? (await readKey(registryFolder(this.#config)));
        if (key && proves(health.proof, key, challenge)) return key;
        throw health.isRegistry ? unknownKey(url, this.#config) : stranger(url);
      }
      // A key of a registry that is kept elsewhere: an empty one in its place would keep that one from coming back.
      const kept = !local_key || database_url || (await readKey(registryFolder(this.#config)));
      // Behind a proxy it is somebody else's to start.
      if (!kept || !canServe(url) || this.#config.registry_listen) throw nobody(url);
      // In the next round it has to prove itself like any other, or the one of a process that was faster has.
      if (!(await this.#start())) await pause(Math.random() * 100);
    }
    throw new Problem(
      "provider_down",
      `The local registry at ${url.origin} could not be reached or started.`,
      "Run `fly-tokens registry` in a terminal to see why.",
    );
  }

  /** Starts a registry at the configured address. @returns whether it did: another process may have been faster */
  async #start(): Promise<boolean> {
    const { serveRegistry } = await import("../../registry/serve.ts");
    try {
      this.#served = await serveRegistry(serveOptions(this.#config, this.#seams, this.#config.local_url));
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  const cause = error instanceof Problem ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

/** The key that the registry of these settings made for itself. */
async function readKey(folder: string): Promise<Secret | undefined> {
  try {
    return new Secret((await readFile(join(folder, "admin-key"), "utf8")).trim());
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new Problem(
      "file_unreadable",
      `The registry's key in ${folder} could not be read.`,
      "Correct its permissions (0600, yours).",
      { cause },
    );
  }
}

/** @throws Problem for what no header can carry */
function checkKey(key: Secret): void {
  if (/^[!-~]+$/.test(key.reveal())) return;
  throw new Problem(
    "not_configured",
    "FLY_TOKENS_LOCAL_KEY holds something that is not a key.",
    "Set it to the key that an admin of the registry gave you.",
  );
}

function nobody(url: URL): Problem {
  return new Problem(
    "provider_down",
    `Nothing answers at ${url.href}.`,
    "Start the registry there, or correct FLY_TOKENS_LOCAL_URL.",
  );
}

function stranger(url: URL): Problem {
  return new Problem(
    "conflict",
    `Another program listens at ${url.origin}.`,
    "Set FLY_TOKENS_LOCAL_URL to a free address, such as http://127.0.0.1:7412.",
  );
}

function unknownKey(url: URL, { local_key, database_url }: Config): Problem {
  return local_key
    ? new Problem(
        "not_configured",
        `The registry at ${url.origin} does not know the key in FLY_TOKENS_LOCAL_KEY.`,
        "Correct FLY_TOKENS_LOCAL_KEY, or FLY_TOKENS_LOCAL_URL.",
      )
    : new Problem(
        "not_configured",
        `A registry whose key is not known here answers at ${url.origin}.`,
        database_url
          ? "Set FLY_TOKENS_LOCAL_KEY to your key there; or run `fly-tokens registry --new-admin-key` here, which ends the admin's former key."
          : "Set FLY_TOKENS_LOCAL_KEY to your key there, or FLY_TOKENS_LOCAL_URL to another address.",
      );
}
