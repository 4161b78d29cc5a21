/**
 * What every provider promises, as tests over any of them: `describeProvider("acme", openAcme)`. A group that a
 * provider lacks is left out; what it has it must do as the others do.
 */
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.ts";
import type { Ability } from "../../src/providers/choose.ts";
import type {
  Ecosystem,
  Environments,
  Page,
  Provider,
  Token,
  TokenQuery,
  Tokens,
} from "../../src/providers/provider.ts";
import { environmentShape, tokenShape } from "../../src/providers/shapes.ts";
import { Secret } from "../../src/secret.ts";
import { rejection } from "./server.ts";

/** An issuer of a test's own, with nothing in it yet, and the provider for it. */
export interface Opened extends AsyncDisposable {
  provider: Provider;
  /** Moves the issuer's clock and the provider's. */
  advance(milliseconds: number): void;
  now(): Date;
  /** Pushes an image to the issuer's docker registry. @returns its digest */
  push?(image: string, tag: string): Promise<string>;
  /** Pulls it with an environment's token. */
  pull?(secret: Secret, image: string, tag: string): Promise<void>;
}

export interface ProviderUnderTest {
  abilities: readonly Ability[];
  /** Whether its tokens may live for ever; unless told otherwise, they may. */
  never?: boolean;
  /** Where environments come from: they are made (the default), or named when a token is issued. */
  environments?: "made" | "named";
  /** What its registries hold; unless told otherwise, all of these. */
  ecosystems?: readonly Ecosystem[];
  open(): Promise<Opened>;
}

const clients: readonly Ecosystem[] = ["npm", "pypi", "docker"];

const day = 86_400_000;

export function describeProvider(id: string, under: ProviderUnderTest): void {
  const { abilities, open } = under;
  describe(`the provider ${id}`, () => {
    test("has exactly the abilities that it says it has", async () => {
      await using opened = await open();
      const { provider } = opened;
      const all: Ability[] = ["tokens", "environments", "registries", "identity", "restrict"];
      expect(provider).toMatchObject({ id, configured: true, title: expect.any(String) });
      expect(all.filter((ability) => provider[ability])).toEqual(abilities);
    });

    if (abilities.includes("tokens")) {
      describe("issuing", () => issuing(id, under));
      describe("listing", () => listing(under));
      describe("ending", () => ending(under));
    }
    if (abilities.includes("environments"))
      describe("environments", () =>
        under.environments === "named" ? namedEnvironments(open) : environments(open));
    if (abilities.includes("registries")) describe("registries", () => registries(under));
    if (abilities.includes("identity")) describe("identity", () => identity(open));
  });
}

type Open = ProviderUnderTest["open"];

/** As far away as it goes. */
function farthest(opened: Opened, never = true): Date | null {
  return never ? null : new Date(opened.now().getTime() + 300 * day);
}

function issuing(id: string, { abilities, never, environments: origin, open }: ProviderUnderTest): void {
  test("returns the token with a value that prints nowhere", async () => {
    await using opened = await open();
    const expires_at = new Date(opened.now().getTime() + day);
    const grant = await has(opened.provider, "tokens").issue({
      name: "Déploiement №1",
      permission: "read_write",
      expires_at,
    });
    expect(tokenShape.parse(grant.token)).toEqual(grant.token);
    expect(grant.token).toMatchObject({
      provider: id,
      name: "Déploiement №1",
      permission: "read_write",
      expires_at: expires_at.toISOString(),
      status: "active",
    });
    const value = grant.secret?.reveal() ?? "";
    expect(value.length).toBeGreaterThan(20);
    expect(JSON.stringify(grant).includes(value)).toBe(false);
  });

  test(never === false ? "cannot be for ever, and says what can be" : "can be for ever", async () => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    const request = { name: "forever", permission: "read_only", expires_at: null } as const;
    if (never === false) {
      expect(await rejection(tokens.issue(request))).toMatchObject({ code: "invalid_input" });
      expect((await tokens.list({ limit: 50 })).items).toEqual([]);
    } else expect((await tokens.issue(request)).token.expires_at).toBeNull();
  });

  test("happens once for one idempotency key, and a key is for one request", async () => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    const request = {
      name: "once",
      permission: "read_only",
      expires_at: farthest(opened, never),
      idempotency_key: "k1",
    } as const;
    const [first, second] = await Promise.all([tokens.issue(request), tokens.issue(request)]);
    expect(second.token.id).toBe(first.token.id);
    expect((await tokens.list({ limit: 50 })).items.length).toBe(1);
    expect(await rejection(tokens.issue({ ...request, name: "twice" }))).toMatchObject({ code: "conflict" });
  });

  test.each([
    ["an expiry that has passed", "invalid_input", { expires_at: new Date(0) }],
    ["a name of spaces", "invalid_input", { name: "  " }],
    ["a name that hides something", "invalid_input", { name: "a\u202eb" }],
    ["a name without end", "invalid_input", { name: "x".repeat(10_000) }],
    origin === "named"
      ? ["an environment that cannot be called so", "invalid_input", { environment: "No where" }]
      : abilities.includes("environments")
        ? ["an environment that does not exist", "not_found", { environment: "nowhere" }]
        : ["an environment", "unsupported", { environment: "nowhere" }],
  ])("is refused for %s, and leaves nothing behind", async (_, code, part) => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    const request = {
      name: "n",
      permission: "read_only",
      expires_at: farthest(opened, never),
      ...part,
    } as const;
    const error = await rejection(tokens.issue(request));
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code });
    expect((await tokens.list({ limit: 50 })).items).toEqual([]);
  });
}

function listing({ never, open }: ProviderUnderTest): void {
  /** Five tokens, made one after the other; `c` is revoked, `d` has expired, `b` writes. */
  async function five(opened: Opened): Promise<Tokens> {
    const tokens = has(opened.provider, "tokens");
    const lives = { b: 10 * day, a: 30 * day, e: null, c: 20 * day, d: day / 2 };
    for (const [name, life] of Object.entries(lives)) {
      const expires_at = life === null ? farthest(opened, never) : new Date(opened.now().getTime() + life);
      const permission = name === "b" ? "read_write" : "read_only";
      const { token } = await tokens.issue({ name: `Token ${name}`, permission, expires_at });
      if (name === "c") await tokens.revoke(token.id);
      opened.advance(1000);
    }
    opened.advance(day);
    return tokens;
  }
  const letters = (page: Page<Token>) => page.items.map(({ name }) => name.slice(-1)).join("");

  test("shows no value", async () => {
    await using opened = await open();
    const { secret } = await has(opened.provider, "tokens").issue({
      name: "n",
      permission: "read_only",
      expires_at: farthest(opened, never),
    });
    const page = await has(opened.provider, "tokens").list({ limit: 50 });
    expect(page.items.length).toBe(1);
    expect(JSON.stringify(page).includes(secret?.reveal() ?? "?")).toBe(false);
  });

  test.each<[Partial<TokenQuery>, string]>([
    [{}, "dceab"],
    [{ sort: "-created_at" }, "dceab"],
    [{ sort: "created_at" }, "baecd"],
    [{ sort: "name" }, "abcde"],
    [{ sort: "-name" }, "edcba"],
    [{ sort: "expires_at" }, "dbcae"],
    [{ sort: "-expires_at" }, "eacbd"],
    [{ status: "active" }, "eab"],
    [{ status: "expired" }, "d"],
    [{ status: "revoked" }, "c"],
    [{ permission: "read_write" }, "b"],
    [{ permission: "read_only", status: "active" }, "ea"],
    [{ permission: "custom" }, ""],
    [{ name: "tOKEN A" }, "a"],
    [{ name: "%" }, ""],
    [{ environment: "nowhere" }, ""],
    [{ created_by: "nobody" }, ""],
  ])("finds by %j", async (query, expected) => {
    await using opened = await open();
    const tokens = await five(opened);
    expect(letters(await tokens.list({ limit: 50, ...query }))).toBe(expected);
  });

  test("finds active ones that expire before a moment, what expires first first", async () => {
    await using opened = await open();
    const tokens = await five(opened);
    const until = (days: number) => new Date(opened.now().getTime() + days * day);
    expect(letters(await tokens.list({ limit: 50, expires_before: until(60) }))).toBe("ba");
    expect(letters(await tokens.list({ limit: 50, expires_before: until(10) }))).toBe("b");
    expect(letters(await tokens.list({ limit: 50, expires_before: until(1) }))).toBe("");
  });

  test("finds who made them", async () => {
    await using opened = await open();
    const tokens = await five(opened);
    const [one] = (await tokens.list({ limit: 1 })).items;
    expect(letters(await tokens.list({ limit: 50, created_by: one?.created_by }))).toBe("dceab");
  });

  test.each<TokenQuery["sort"]>(["-created_at", "created_at", "name", "-name", "expires_at", "-expires_at"])(
    "goes page by page to the end in the order %s, each token once",
    async (sort) => {
      await using opened = await open();
      const tokens = await five(opened);
      const whole = letters(await tokens.list({ limit: 50, sort }));
      for (const limit of [1, 2, 4, 5]) {
        let paged = "";
        let cursor: string | undefined;
        do {
          const page: Page<Token> = await tokens.list({ limit, sort, cursor });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          paged += letters(page);
          cursor = page.next_cursor;
        } while (cursor !== undefined);
        expect([limit, paged]).toEqual([limit, whole]);
      }
    },
  );

  test("refuses a cursor of its own making and one of another order", async () => {
    await using opened = await open();
    const tokens = await five(opened);
    const { next_cursor } = await tokens.list({ limit: 2, sort: "name" });
    for (const query of [{ cursor: "nonsense" }, { cursor: next_cursor, sort: "created_at" as const }])
      expect(await rejection(tokens.list({ limit: 2, ...query }))).toMatchObject({ code: "invalid_input" });
  });
}

function ending({ never, open }: ProviderUnderTest): void {
  const lasting = never === false ? 300 * day : null;

  test("by revoking happens once and for good", async () => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    const { id } = await issued(opened, "t", lasting);
    expect(await tokens.revoke(id)).toBe("revoked");
    expect(await tokens.revoke(id)).toBe("already_revoked");
    expect(await tokens.get(id)).toMatchObject({ id, status: "revoked" });
  });

  test("by deleting is only for what is not active", async () => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    if (!tokens.delete) return;
    const { id } = await issued(opened, "t", lasting);
    expect(await rejection(tokens.delete(id))).toMatchObject({ code: "conflict" });
    expect((await tokens.get(id)).status).toBe("active");
    await tokens.revoke(id);
    expect(await tokens.delete(id)).toBe("deleted");
    for (const call of [tokens.get(id), tokens.revoke(id), tokens.delete(id)])
      expect(await rejection(call)).toMatchObject({ code: "not_found" });
  });

  test("by itself comes with its expiry; then it can be revoked and deleted", async () => {
    await using opened = await open();
    const tokens = has(opened.provider, "tokens");
    const { id } = await issued(opened, "t", day);
    opened.advance(day);
    expect((await tokens.get(id)).status).toBe("expired");
    const other = await issued(opened, "u", day);
    opened.advance(day);
    expect(await tokens.revoke(other.id)).toBe("revoked");
    expect(await tokens.delete?.(id)).toBe(tokens.delete && "deleted");
  });

  test.each(["unknown", "", "..", "../users", "a/b", "%2e%2e", "?x=1", "x".repeat(2000), "№"])(
    "is not found for the id %j",
    async (id) => {
      await using opened = await open();
      const tokens = has(opened.provider, "tokens");
      await issued(opened, "t", lasting);
      const calls = [tokens.get(id), tokens.revoke(id), ...(tokens.delete ? [tokens.delete(id)] : [])];
      for (const error of await Promise.all(calls.map((call) => rejection(call))))
        expect(error).toMatchObject({ code: "not_found" });
      expect((await tokens.list({ limit: 50, status: "active" })).items.length).toBe(1);
    },
  );
}

function environments(open: Open): void {
  test("are made once, found by name, and count their active tokens", async () => {
    await using opened = await open();
    const all = whole(opened.provider);
    expect(await all.list()).toEqual([]);
    const made = await all.create("production", "Where users are");
    expect(environmentShape.parse(made)).toEqual(made);
    expect(made).toMatchObject({ name: "production", description: "Where users are", tokens: 0 });
    await all.create("staging", "");
    const { id } = await issued(opened, "deploy", null, "production");
    expect(await all.get("production")).toEqual({ ...made, tokens: 1 });
    await has(opened.provider, "tokens").revoke(id);
    expect(await all.get("production")).toEqual(made);
    expect((await all.list()).map(({ name }) => name)).toEqual(["production", "staging"]);
    expect(await rejection(all.create("production", ""))).toMatchObject({ code: "conflict" });
  });

  test.each(["", "Production", "a b", "../x", "a/b", "x".repeat(64), "прод"])(
    "cannot be called %j",
    async (name) => {
      await using opened = await open();
      expect(await rejection(whole(opened.provider).create(name, ""))).toMatchObject({
        code: "invalid_input",
      });
    },
  );

  test("their tokens are found by their name", async () => {
    await using opened = await open();
    await whole(opened.provider).create("production", "");
    await issued(opened, "other");
    const { id } = await issued(opened, "deploy", null, "production");
    const page = await has(opened.provider, "tokens").list({ limit: 50, environment: "production" });
    expect(page.items.map((token) => [token.id, token.environment])).toEqual([[id, "production"]]);
  });

  test("begin without a past", async () => {
    await using opened = await open();
    const all = whole(opened.provider);
    await all.create("new", "");
    expect(await all.running("new")).toEqual([]);
    expect(await all.drift("new")).toEqual([]);
    expect((await all.history("new", { limit: 50 })).items).toEqual([]);
  });

  test.each(["nowhere", "", "..", "../tokens"])("are not found by the name %j", async (name) => {
    await using opened = await open();
    const all = whole(opened.provider);
    const calls = [all.get(name), all.running(name), all.drift(name), all.history(name, { limit: 1 })];
    for (const refusal of await Promise.all(calls.map(rejection)))
      expect(refusal).toMatchObject({ code: "not_found" });
  });

  test("know what runs, since when, how far it is behind, and what ran before", async () => {
    await using opened = await open();
    const { push, pull } = opened;
    if (!push || !pull) return;
    const all = whole(opened.provider);
    await all.create("production", "");
    const { token, secret } = await has(opened.provider, "tokens").issue({
      name: "deploy",
      permission: "read_only",
      expires_at: null,
      environment: "production",
    });
    if (!secret) throw new Error("There is no value.");
    const digests = [];
    for (const tag of ["1", "2", "3"]) {
      digests.push(await push("docker/web", tag));
      if (tag !== "3") await pull(secret, "docker/web", tag);
      opened.advance(1000);
    }
    const [first = "", second = "", third = ""] = digests;
    const running = await all.running("production");
    expect(running).toMatchObject([{ tag: "2", digest: second }]);
    const image = running[0]?.image ?? "";
    expect(await all.drift("production")).toEqual([{ image, running: second, latest: third, behind: 1 }]);
    const page = await all.history("production", { limit: 1 });
    expect(page.items).toMatchObject([{ image, tag: "2", digest: second, token_id: token.id }]);
    expect(page.items[0]?.at).toBe(running[0]?.since);
    const rest = await all.history("production", { limit: 1, cursor: page.next_cursor });
    expect(rest.items).toMatchObject([{ image, tag: "1", digest: first }]);
    expect(rest.next_cursor).toBeUndefined();
  });
}

/** Those that know everything of environments. */
function whole(provider: Provider): Required<Omit<Environments, "elsewhere">> {
  const { create, running, drift, history, ...rest } = has(provider, "environments");
  if (!create || !running || !drift || !history) throw new Error(`${provider.id} lacks something.`);
  return { ...rest, create, running, drift, history };
}

function namedEnvironments(open: Open): void {
  test("come with their first token, are found by name, and count their active tokens", async () => {
    await using opened = await open();
    const all = has(opened.provider, "environments");
    expect(await all.list()).toEqual([]);
    const staging = await issued(opened, "first", null, "staging");
    opened.advance(1000);
    const { id } = await issued(opened, "deploy", null, "production");
    const production = await all.get("production");
    expect(environmentShape.parse(production)).toEqual(production);
    expect(production).toMatchObject({ name: "production", tokens: 1 });
    expect((await all.list()).map(({ name }) => name)).toEqual(["production", "staging"]);
    await has(opened.provider, "tokens").revoke(id);
    expect(await all.get("production")).toEqual({ ...production, tokens: 0 });
    expect((await all.get("staging")).created_at).toBe(staging.created_at);
  });

  test("their tokens are found by their name", async () => {
    await using opened = await open();
    await issued(opened, "other");
    const { id } = await issued(opened, "deploy", null, "production");
    const page = await has(opened.provider, "tokens").list({ limit: 50, environment: "production" });
    expect(page.items.map((token) => [token.id, token.environment])).toEqual([[id, "production"]]);
  });

  test.each(["", "Production", "a b", "../x", "a/b", "x".repeat(64), "прод"])(
    "cannot be called %j",
    async (environment) => {
      await using opened = await open();
      const request = { name: "n", permission: "read_only", expires_at: null, environment } as const;
      expect(await rejection(has(opened.provider, "tokens").issue(request))).toMatchObject({
        code: "invalid_input",
      });
    },
  );

  test.each(["nowhere", "", "..", "../tokens"])("are not found by the name %j", async (name) => {
    await using opened = await open();
    expect(await rejection(has(opened.provider, "environments").get(name))).toMatchObject({
      code: "not_found",
    });
  });

  test("lack what the issuer does not know, and say who knows it", async () => {
    await using opened = await open();
    const { create, running, drift, history, elsewhere } = has(opened.provider, "environments");
    expect([create, running, drift, history]).toEqual([undefined, undefined, undefined, undefined]);
    expect(elsewhere).toMatch(/\.$/);
  });
}

function registries({ ecosystems = clients, open }: ProviderUnderTest): void {
  test("have an endpoint for each ecosystem, of the form that its clients want", async () => {
    await using opened = await open();
    const { endpoint } = has(opened.provider, "registries");
    const forms: Partial<Record<Ecosystem, RegExp>> = {
      npm: /^https?:\/\/[^?#]+\/$/,
      pypi: /^https?:\/\/[^?#]+\/simple$/,
      docker: /^[^/]+$/,
    };
    for (const ecosystem of ecosystems)
      expect(await endpoint(ecosystem)).toMatchObject({
        ecosystem,
        url: expect.stringMatching(forms[ecosystem] ?? /./),
      });
    for (const ecosystem of clients.filter((one) => !ecosystems.includes(one)))
      expect(await rejection(endpoint(ecosystem))).toMatchObject({ code: "unsupported" });
  });

  test("know a token by its value, whatever has become of it", async () => {
    await using opened = await open();
    const { introspect } = has(opened.provider, "registries");
    if (!introspect) return;
    const tokens = has(opened.provider, "tokens");
    const { token, secret } = await tokens.issue({
      name: "t",
      permission: "read_only",
      expires_at: new Date(opened.now().getTime() + day),
    });
    if (!secret) throw new Error("There is no value.");
    expect(await introspect(secret)).toEqual(token);
    opened.advance(day);
    expect(await introspect(secret)).toMatchObject({ id: token.id, status: "expired" });
    await tokens.revoke(token.id);
    expect(await introspect(secret)).toMatchObject({ id: token.id, status: "revoked" });
  });

  test.each(["nonsense", "flyt_", "two words", "line\nbreak", "№", "x".repeat(100_000)])(
    "do not know the value %j",
    async (value) => {
      await using opened = await open();
      expect(await has(opened.provider, "registries").introspect?.(new Secret(value))).toBeUndefined();
    },
  );

  test("can be told where to send clients for what they lack, but not with a credential", async () => {
    await using opened = await open();
    const { passThrough } = has(opened.provider, "registries");
    if (!passThrough) return;
    await passThrough("npm", "https://registry.example/npm/");
    await passThrough("docker", "https://registry.example/");
    for (const url of ["https://ann:secret@registry.example/", "file:///etc/passwd", "nonsense"])
      expect(await rejection(passThrough("npm", url))).toMatchObject({ code: "invalid_input" });
  });
}

function identity(open: Open): void {
  test("says who the credential is", async () => {
    await using opened = await open();
    expect(await has(opened.provider, "identity").me()).toMatchObject({
      username: expect.stringMatching(/./),
      role: expect.stringMatching(/^(admin|developer)$/),
    });
  });
}

function has<Group extends Ability>(provider: Provider, ability: Group): NonNullable<Provider[Group]> {
  const group = provider[ability];
  if (!group) throw new Error(`${provider.id} has no ${ability}.`);
  return group;
}

/** @param life milliseconds; `null`: for ever */
async function issued(
  { provider, now }: Opened,
  name: string,
  life: number | null = null,
  environment?: string,
): Promise<Token> {
  const expires_at = life === null ? null : new Date(now().getTime() + life);
  return (await has(provider, "tokens").issue({ name, permission: "read_only", expires_at, environment }))
    .token;
}
