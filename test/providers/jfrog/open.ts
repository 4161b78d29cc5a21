/** The provider `jfrog` for a fake of the platform, with a home and a clock of its own. */
import { loadConfig } from "../../../src/config.ts";
import { jfrog } from "../../../src/providers/jfrog/index.ts";
import type { IssueRequest, Provider } from "../../../src/providers/provider.ts";
import { realSeams, type Seams } from "../../../src/seams.ts";
import { type FakeJfrog, type FakeOptions, startFakeJfrog } from "../../fakes/jfrog/fake.ts";
import { type TempHome, tempHome } from "../../support/home.ts";

type Groups = "tokens" | "environments" | "registries" | "identity" | "cautions" | "notes";
export type Jfrog = Provider & Required<Pick<Provider, Groups>>;

/** @param env only these settings are there */
export function openJfrog(home: string, env: Record<string, string>, seams: Partial<Seams> = {}): Jfrog {
  const all = { ...realSeams(), home, cwd: home, ...seams };
  const sources = { flags: {}, env: { ...env, FLY_TOKENS_HOME: home }, cwd: home, home };
  return jfrog(loadConfig({ ...sources, platform: all.platform }), all) as Jfrog;
}

export interface Stage extends AsyncDisposable {
  fake: FakeJfrog;
  home: TempHome;
  /** Bob, a developer. */
  provider: Jfrog;
  now(): Date;
  advance(milliseconds: number): void;
  /** Another one at the same fake; the credential is bob's unless it is given. */
  open(env?: Record<string, string>, seams?: Partial<Seams>): Jfrog;
}

export const hour = 3_600_000;
export const day = 24 * hour;

export async function stage(options: FakeOptions = {}, env: Record<string, string> = {}): Promise<Stage> {
  const clock = { now: new Date("2026-11-22T12:00:00Z") };
  const now = () => clock.now;
  const home = await tempHome();
  const fake = await startFakeJfrog({ now, ...options });
  const open: Stage["open"] = (more = {}, seams = {}) =>
    openJfrog(
      home.path,
      { JFROG_URL: fake.url, JFROG_ACCESS_TOKEN: fake.developer.token, ...more },
      { now, ...seams },
    );
  return {
    fake,
    home,
    provider: open(env),
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

/** In how long a token of the tests ends, unless that matters. */
export function later(now: Date, milliseconds = 30 * day): Date {
  return new Date(now.getTime() + milliseconds);
}

export function issue(
  { now, provider: usual }: Stage,
  part: Partial<IssueRequest> = {},
  provider: Jfrog = usual,
) {
  return provider.tokens.issue({ name: "ci", permission: "read_only", expires_at: later(now()), ...part });
}
