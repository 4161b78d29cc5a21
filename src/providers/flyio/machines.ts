/** What the Machines API knows about tokens. The one that is asked about is sent; it needs no other credential. */
import type { Config } from "../../config.ts";
import { maskOf } from "../../macaroon/mask.ts";
import { Problem, quote } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { checkAddress } from "../address.ts";
import { send } from "../http.ts";
import { machinesData } from "./answers.ts";
import { authorizationOf, type Bag } from "./authorization.ts";

export interface CurrentToken {
  token_id?: string;
  org_slug?: string;
  apps: string[];
}

/** As the API names things: by slug and name, not by the numbers that caveats hold. */
export interface NamedAccess {
  /** Letters of `rwcdC`. */
  action: string;
  org_slug?: string | undefined;
  app_name?: string | undefined;
  machine_id?: string | undefined;
  volume_id?: string | undefined;
  org_feature?: string | undefined;
  mutation?: string | undefined;
  command?: readonly string[] | undefined;
}

export class Machines {
  readonly #base: string;
  readonly #fetch: Seams["fetch"];

  constructor(config: Config, { fetch }: Pick<Seams, "fetch">) {
    // Older descriptions of the API count /v1 to its address.
    this.#base = config.fly_flaps_base_url.replace(/\/v1$/, "");
    this.#fetch = fetch;
  }

  /** What the tokens of a bag are. @throws Problem `unauthorized` for dead ones */
  async current(bag: Bag): Promise<CurrentToken[]> {
    const body = await this.#send(bag, "/v1/tokens/current");
    const tokens = Array.isArray(body) ? body : Object(body).tokens;
    return (Array.isArray(tokens) ? tokens : []).map((one) => {
      const { token_id, org_slug, apps } = Object(one);
      return {
        ...(isText(token_id) && { token_id }),
        ...(isText(org_slug) && { org_slug }),
        apps: Array.isArray(apps) ? apps.filter(isText) : [],
      };
    });
  }

  /** Whether one of them is genuine and alive. @throws Problem when nobody can say */
  async authenticate(bag: Bag): Promise<boolean> {
    try {
      const body = await this.#send(bag, "/v1/tokens/authenticate", {});
      return Array.isArray(body) ? body.length > 0 : true;
    } catch (error) {
      if (refusedBy(error)) return false;
      throw error;
    }
  }

  /** Whether an access would be allowed; `undefined` when the API could not be asked. */
  async authorize(
    bag: Bag,
    access: NamedAccess,
  ): Promise<{ allowed: boolean; because: string[] } | undefined> {
    const ask = (action: string | number) =>
      this.#send(bag, "/v1/tokens/authorize", { access: { ...access, action } });
    try {
      // By its description the action is a number, by Fly.io's own client it is letters.
      await ask(access.action).catch((error) => {
        if (wantsNumber(error)) return ask(maskOf(access.action));
        throw error;
      });
      return { allowed: true, because: [] };
    } catch (error) {
      const refused = refusedBy(error);
      if (refused) return { allowed: false, because: [quote(refused.message)] };
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** @param body of a POST, to which the tokens are added; otherwise they are the credential of a GET */
  async #send(bag: Bag, path: string, body?: object): Promise<unknown> {
    checkAddress(this.#base, "FLY_FLAPS_BASE_URL");
    const header = authorizationOf(bag, "machines");
    const request = new Request(this.#base + path, {
      headers: {
        accept: "application/json",
        ...(body ? { "content-type": "application/json" } : { authorization: header }),
      },
      ...(body && { method: "POST", body: JSON.stringify({ header, ...body }) }),
    });
    return machinesData(await send(request, this.#fetch, { repeatable: true }));
  }
}

/** The API's own no, as against one that it could not give. */
function refusedBy(error: unknown): Problem | undefined {
  return error instanceof Problem && ["invalid_input", "unauthorized", "forbidden"].includes(error.code)
    ? error
    : undefined;
}

function wantsNumber(error: unknown): boolean {
  return (
    error instanceof Problem &&
    /action/i.test(error.message) &&
    /unmarshal|type|int\b|number/i.test(error.message)
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
