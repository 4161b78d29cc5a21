/**
 * The way to the local registry: the one that answers at its address, else one that is started inside this process.
 * Before the admin key is sent, the registry has to prove that it knows that key: any program may listen there.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { ServedRegistry } from "../../registry/serve.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import { refusedConnection, send } from "../http.ts";
import { registryFolder, serveOptions } from "./serving.ts";

/** What it needs of the world: the network, and for the registry that may be started inside, the rest. */
type LinkSeams = Pick<Seams, "fetch" | "now" | "run" | "env">;

export class Link {
  readonly #config: Config;
  readonly #seams: LinkSeams;
  #ready: Promise<Secret> | undefined;
  #served: ServedRegistry | undefined;

  constructor(config: Config, seams: LinkSeams) {
    this.#config = config;
    this.#seams = seams;
  }

  /** Whether the registry runs inside this process and ends with it. */
  get embedded(): boolean {
    return this.#served !== undefined;
  }

  /** Sends a request with the user's key, unless it brings a credential of its own. @throws Problem */
  async request(request: Request): Promise<Response> {
    try {
      return await this.#sendOnce(request);
    } catch (error) {
      // The registry that was used has gone away, and nothing of this request can have arrived: take its place.
      if (!refusedConnection(error)) throw error;
      this.#ready = undefined;
      return this.#sendOnce(request);
    }
  }

  async close(): Promise<void> {
    await this.#served?.close();
    this.#served = undefined;
    this.#ready = undefined;
  }

  async #sendOnce(request: Request): Promise<Response> {
    this.#ready ??= this.#connect().catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    const key = await this.#ready;
    const authorized = new Request(request.clone());
    if (!authorized.headers.has("authorization"))
      authorized.headers.set("authorization", `Bearer ${key.reveal()}`);
    return send(authorized, this.#seams.fetch);
  }

  /** Finds or starts the registry; returns the key to use there. */
  async #connect(): Promise<Secret> {
    const { local_key, local_url } = this.#config;
    for (let attempt = 1; ; attempt++) {
      const key = local_key ?? (await readKey(registryFolder(this.#config)));
      const found = await this.#probe(local_key ? undefined : key);
      if (found === "ours" && key) return key;
      if (found !== "nobody") throw foreign(local_url, found);
      const started = await this.#start();
      if (started) return local_key ?? started;
      if (attempt === 3)
        throw new Problem(
          "provider_down",
          `The local registry at ${local_url} could not be reached or started.`,
          "Run `fly-tokens registry` in a terminal to see why.",
        );
    }
  }

  async #probe(key: Secret | undefined): Promise<"ours" | "other registry" | "other program" | "nobody"> {
    const challenge = randomBytes(16).toString("hex");
    let response: Response;
    try {
      response = await send(
        new Request(`${this.#config.local_url}/fly/api/v1/health?challenge=${challenge}`),
        this.#seams.fetch,
      );
    } catch (error) {
      if (refusedConnection(error)) return "nobody";
      throw error;
    }
    const health = (await response.json().catch(() => undefined)) as
      | { service?: unknown; proof?: unknown }
      | undefined;
    if (health?.service !== "fly-tokens-registry") return "other program";
    if (this.#config.local_key) return "ours";
    return key && proves(health.proof, key, challenge) ? "ours" : "other registry";
  }

  /** Starts a registry at the configured address; `undefined` when another process was faster. */
  async #start(): Promise<Secret | undefined> {
    const { local_url } = this.#config;
    const options = serveOptions(this.#config, this.#seams, local_url);
    if (!/^(127\.|localhost$|::1$)/.test(options.host)) {
      throw new Problem(
        "provider_down",
        `Nothing answers at ${local_url}.`,
        "Start `fly-tokens registry` there, or correct FLY_TOKENS_LOCAL_URL.",
      );
    }
    const { serveRegistry } = await import("../../registry/serve.ts");
    try {
      this.#served = await serveRegistry(options);
      return new Secret(await this.#served.registry.adminKey());
    } catch (error) {
      if (error instanceof Problem && error.code === "conflict") return undefined;
      throw error;
    }
  }
}

async function readKey(folder: string): Promise<Secret | undefined> {
  try {
    return new Secret((await readFile(join(folder, "admin-key"), "utf8")).trim());
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Problem(
      "file_unreadable",
      `The registry's key in ${folder} could not be read.`,
      "Correct its permissions (0600, yours).",
      { cause },
    );
  }
}

function proves(proof: unknown, key: Secret, challenge: string): boolean {
  const expected = createHmac("sha256", createHash("sha256").update(key.reveal()).digest())
    .update(challenge)
    .digest();
  const given = Buffer.from(typeof proof === "string" ? proof : "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function foreign(url: string, found: "ours" | "other registry" | "other program"): Problem {
  return found === "other program"
    ? new Problem(
        "conflict",
        `Another program listens at ${url}.`,
        "Set FLY_TOKENS_LOCAL_URL to a free address, such as http://127.0.0.1:7412.",
      )
    : new Problem(
        "not_configured",
        `A registry whose key is not known here answers at ${url}.`,
        "Set FLY_TOKENS_LOCAL_KEY to your key there, or FLY_TOKENS_LOCAL_URL to another address.",
      );
}
