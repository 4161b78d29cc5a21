/** The provider `flyio` for a fake of Fly.io, with a home and a clock of its own. */
import { loadConfig } from "../../../src/config.ts";
import { flyio } from "../../../src/providers/flyio/index.ts";
import type { Provider } from "../../../src/providers/provider.ts";
import { realSeams, type Seams } from "../../../src/seams.ts";
import { type FakeFlyio, type FakeOptions, startFakeFlyio } from "../../fakes/flyio/fake.ts";
import { tempHome } from "../../support/home.ts";

type Groups = "tokens" | "registries" | "identity" | "restrict" | "cautions" | "notes";
export type Flyio = Provider & Required<Pick<Provider, Groups>>;

/** @param env only these settings are there */
export function openFlyio(home: string, env: Record<string, string>, seams: Partial<Seams> = {}): Flyio {
  const all = { ...realSeams(), home, cwd: home, ...seams };
  const sources = { flags: {}, env: { ...env, FLY_TOKENS_HOME: home }, cwd: home, home };
  return flyio(loadConfig({ ...sources, platform: all.platform }), all) as Flyio;
}

export interface Stage extends AsyncDisposable {
  fake: FakeFlyio;
  home: string;
  /** Alice, for the organization acme. */
  provider: Flyio;
  now(): Date;
  advance(milliseconds: number): void;
  /** Another one at the same fake; `FLY_API_TOKEN` is alice's unless it is given. */
  open(env?: Record<string, string>, seams?: Partial<Seams>): Flyio;
}

export const day = 86_400_000;

export async function stage(options: FakeOptions = {}, env: Record<string, string> = {}): Promise<Stage> {
  const clock = { now: new Date("2026-11-22T12:00:00Z") };
  const now = () => clock.now;
  const home = await tempHome();
  const fake = await startFakeFlyio({ now, ...options });
  const open: Stage["open"] = (more = {}, seams = {}) =>
    openFlyio(
      home.path,
      {
        FLY_API_BASE_URL: fake.url,
        FLY_FLAPS_BASE_URL: fake.url,
        FLY_REGISTRY_HOST: fake.registryHost,
        FLY_API_TOKEN: fake.users[0]?.token ?? "",
        ...more,
      },
      { now, ...seams },
    );
  return {
    fake,
    home: home.path,
    provider: open({ FLY_ORG: "acme", ...env }),
    now,
    advance(milliseconds) {
      clock.now = new Date(clock.now.getTime() + milliseconds);
    },
    open,
    async [Symbol.asyncDispose]() {
      await fake[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** In how many days a token of the tests ends, unless that matters. */
export function inDays(now: Date, days = 30): Date {
  return new Date(now.getTime() + days * day);
}
