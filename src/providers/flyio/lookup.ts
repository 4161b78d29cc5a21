/** The numbers of apps and organizations, of which caveats speak: given as numbers, or asked for where that is possible. */
import { Problem, quote } from "../../problem.ts";
import { type Bag, permissionsIn } from "./authorization.ts";
import type { Credentials } from "./credential.ts";
import type { Ask } from "./graphql.ts";
import { type App, appNamed, type Organization, organizationNamed } from "./names.ts";
import { ofEach } from "./pages.ts";

export class Lookup {
  readonly #ask: Ask;
  readonly #credentials: Credentials;

  constructor(ask: Ask, credentials: Credentials) {
    this.#ask = ask;
    this.#credentials = credentials;
  }

  /**
   * Apps by name or number.
   * @param bag the token that they are for @throws Problem `not_configured`, `not_found`, `invalid_input`
   */
  async apps(names: readonly string[], bag: Bag): Promise<{ number: string; name?: string }[]> {
    return ofEach([...new Set(names)], async (name) => {
      if (isNumber(name)) return { number: name };
      const app = await this.app(name);
      const bound = organizationsIn(bag);
      if (bound.length > 0 && !bound.includes(String(app.organization.internalNumericId)))
        throw new Problem(
          "invalid_input",
          `The app ${quote(name, 100)} belongs to another organization than the token.`,
          "Name an app of the token's organization.",
        );
      return app;
    });
  }

  /** @throws Problem */
  async app(name: string): Promise<App> {
    await this.#mustAsk(`app ${name}`);
    return appNamed(this.#ask, name);
  }

  /** @throws Problem */
  async organization(slug: string): Promise<Organization> {
    await this.#mustAsk(`organization ${slug}`);
    return organizationNamed(this.#ask, slug);
  }

  async #mustAsk(what: string): Promise<void> {
    if (await this.#credentials.find()) return;
    throw new Problem(
      "not_configured",
      `Tokens speak of numbers, and there is no credential to ask Fly.io for that of the ${quote(what, 120)}.`,
      "Name it by its number (internalNumericId), or log in with `fly auth login`.",
    );
  }
}

/** A number of Fly.io's; 0 would stand for all. */
export function isNumber(name: string): boolean {
  return /^[1-9]\d*$/.test(name);
}

/** The organizations that tokens are bound to, by number. */
export function organizationsIn(bag: Bag): string[] {
  const ids = permissionsIn(bag)
    .flatMap(({ caveats }) => caveats)
    .flatMap((one) => (one.name === "Organization" ? [String(one.body.id)] : []));
  return [...new Set(ids)];
}
