/** Secrets of GitHub Actions: what is sent, every refusal and trap, by the REST API and by gh. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { type FakeGithub, type Fault, startFakeGithub } from "../fakes/github/fake.ts";
import { gh, ghFolder } from "../fakes/github/gh.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { type Machine, type MachineOptions, openMachine } from "../support/machine.ts";

let fake: FakeGithub;
let here: Machine;

const open = async (options: MachineOptions = {}) => {
  here = await openMachine({
    ...options,
    env: { GITHUB_API_URL: fake.url, FLY_TOKENS_GITHUB_TOKEN: fake.token, ...options.env },
  });
};
const reopen = async (options: MachineOptions) => {
  await here[Symbol.asyncDispose]();
  await open(options);
};
beforeEach(async () => {
  fake = await startFakeGithub();
  await open();
});
afterEach(async () => {
  await here[Symbol.asyncDispose]();
  expect(fake.violations).toEqual([]);
  await fake[Symbol.asyncDispose]();
});

const deliver = (args: Record<string, unknown> = {}) =>
  here.call("generate_token", { name: "ci", deliver_to: "github_actions", deliver_in: "acme/web", ...args });
const statuses = async () => (await here.tokens()).map(({ status }) => status);
const requests = () => fake.requests.map(({ method, path }) => `${method} ${path}`);
const says = (status: number, message = "No.", headers: Record<string, string> = {}): Fault => ({
  status,
  body: { message },
  headers,
});

/** Neither the new token nor GitHub's own is in anything that went out. */
function expectUnseen() {
  const secrets = new Canaries();
  for (const value of [...here.values, fake.token]) secrets.add(value);
  expect([...here.frames, ...here.faults.map(String)].filter((text) => secrets.in(text).length > 0)).toEqual(
    [],
  );
}

describe("by the REST API", () => {
  it("asks for the key and the name before it mints, and again before it writes", async () => {
    const result = await deliver({ deliver_name: "npm_Token" });
    expect(answerOf(generateToken, result).delivery).toEqual({
      kind: "github_actions",
      location: "the secret NPM_TOKEN of acme/web",
      next: "Workflows read it as ${{ secrets.NPM_TOKEN }}.",
    });
    expectSameFacts(result, "kind");
    const asked = ["public-key", "NPM_TOKEN"].map((last) => `GET /repos/acme/web/actions/secrets/${last}`);
    expect(requests()).toEqual([...asked, ...asked, "PUT /repos/acme/web/actions/secrets/NPM_TOKEN"]);
    expect(Object.fromEntries(fake.secrets)).toEqual({ "acme/web/NPM_TOKEN": here.values[0] });
    expectUnseen();
  });

  it("names the environment in the URL so that nothing in it means anything there", async () => {
    const result = await deliver({ deliver_in: "acme/web/eu west/1 (a&b)?#%" });
    expect(answerOf(generateToken, result).delivery).toMatchObject({
      location: "the secret FLY_TOKEN of acme/web (environment eu west/1 (a&b)?#%)",
      next: "Jobs of that environment read it as ${{ secrets.FLY_TOKEN }}.",
    });
    const folder = "/repos/acme/web/environments/eu%20west%2F1%20(a%26b)%3F%23%25/secrets";
    expect(requests().at(-1)).toBe(`PUT ${folder}/FLY_TOKEN`);
    expect([...fake.secrets.keys()]).toEqual(["acme/web/eu west/1 (a&b)?#%/FLY_TOKEN"]);
  });

  it("seals it anew every time, and never sends it otherwise", async () => {
    answerOf(generateToken, await deliver());
    answerOf(generateToken, await deliver({ deliver_name: "OTHER" }));
    const sent = fake.requests.filter(({ method }) => method === "PUT").map(({ body }) => JSON.parse(body));
    expect(sent.map((one) => Object.keys(one).sort())).toEqual(
      Array.from({ length: 2 }, () => ["encrypted_value", "key_id"]),
    );
    const canaries = new Canaries();
    for (const value of here.values) canaries.add(value);
    expect(canaries.in(JSON.stringify(fake.requests))).toEqual([]);
    expect(canaries.count).toBe(2);
  });

  it.each<[string, Fault, string, RegExp, RegExp]>([
    [
      "401",
      says(401, "Bad credentials"),
      "unauthorized",
      /"Bad credentials"/,
      /FLY_TOKENS_GITHUB_TOKEN is not valid/,
    ],
    ["403", says(403, "Resource not accessible"), "forbidden", /"Resource not accessible"/, /write Secrets/],
    ["404", says(404, "Not Found"), "not_found", /"Not Found"/, /Correct deliver_in/],
    ["409", says(409), "conflict", /"No\."/, /Somebody else/],
    ["422", says(422), "invalid_input", /"No\."/, /Correct deliver_in or deliver_name/],
    ["500", says(500), "provider_down", /"No\."/, /githubstatus/],
    ["a page", { status: 502, body: "<html>" }, "provider_down", /"status 502"/, /GITHUB_API_URL/],
    [
      "what is no key",
      { status: 200, body: { login: "x" } },
      "provider_down",
      /what it sent is none/,
      /GITHUB_API_URL/,
    ],
    ["nothing", { status: 200 }, "provider_down", /what it sent is none/, /GITHUB_API_URL/],
    ["a redirect", "moved", "not_found", /redirects \(301\), and a credential is not sent along/, /renamed/],
    ["no answer", "cut before", "provider_down", /connection was cut/, /network/],
  ])("mints nothing when GitHub's answer is %s", async (_what, fault, code, said, fix) => {
    fake.faults.key = fault;
    const result = await deliver();
    expectRefusal(result, code as "conflict", said);
    expect(result.error.fix).toMatch(fix);
    expect(await here.tokens()).toEqual([]);
    expect(requests()).toEqual(["GET /repos/acme/web/actions/secrets/public-key"]);
    expectUnseen();
  });

  it.each<[string, Record<string, string>, number | undefined]>([
    ["seconds", { "retry-after": "61" }, 61],
    ["a date", { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" }, 60],
    [
      "the end of its limit",
      {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1767225645",
        date: "Thu, 01 Jan 2026 00:00:00 GMT",
      },
      45,
    ],
  ])("says how long to wait when GitHub says it by %s", async (_how, headers, seconds) => {
    fake.faults.key = says(403, "You have exceeded a secondary rate limit", headers);
    const result = await deliver();
    expectRefusal(result, "rate_limited", /secondary rate limit/);
    expect(result.error).toMatchObject({ retry_after: seconds });
  });

  it("quotes what GitHub says as data, without a token in it", async () => {
    fake.faults.key = says(403, `No\u202e\u0000\n${fake.token} flyt_${"a".repeat(49)} ${"x".repeat(400)}`);
    const result = await deliver();
    expectRefusal(result, "forbidden", /"No \[redacted\] \[redacted\] x+…"/);
    // Not only at the door where everything is looked through: a problem may take another.
    const delivery = here.context.deliveries.find(({ id }) => id === "github_actions");
    const error = await delivery?.check({ in: "acme/web" }, here.context.means())?.catch(String);
    expect(error).toMatch(/"No \[redacted\] \[redacted\] x+…"/);
    expectUnseen();
  });

  it("leaves somebody else's secret alone, also one that came to be a moment ago", async () => {
    fake.secrets.set("acme/web/FLY_TOKEN", "theirs");
    expectRefusal(await deliver(), "conflict", /^The secret FLY_TOKEN of acme\/web is there already\./);
    expect(await here.tokens()).toEqual([]);
    fake.secrets.clear();
    fake.before.get = () => {
      if (here.values.length > 0) fake.secrets.set("acme/web/FLY_TOKEN", "theirs");
    };
    expectRefusal(await deliver(), "conflict", /is there already\. The new token tok_\w+ was revoked/);
    expect([...fake.secrets.values()]).toEqual(["theirs"]);
  });

  it("says so when somebody's value was replaced after all", async () => {
    fake.before.put = () => fake.secrets.set("acme/web/FLY_TOKEN", "theirs");
    const { show_once_warning } = answerOf(generateToken, await deliver());
    expect(show_once_warning).toContain("their value was replaced");
  });

  it.each<[string, Fault]>([
    ["the answer is lost after it was written", "cut after"],
    ["the connection is cut before", "cut before"],
    ["GitHub fails", says(502)],
  ])("says that a value that is dead may be there when %s", async (_when, fault) => {
    fake.faults.put = fault;
    const result = await deliver();
    expectRefusal(
      result,
      "provider_down",
      /Whether the secret FLY_TOKEN of acme\/web was written is not known: it may hold a value that is dead\. The new token tok_\w+ was revoked/,
    );
    expect(result.error.fix).toMatch(/delete it/);
    expect(await statuses()).toEqual(["revoked"]);
    expect(requests().filter((one) => one.startsWith("PUT"))).toHaveLength(1);
    expectUnseen();
  });

  it.each<[string, Fault, string]>([
    ["may not write", says(403), "forbidden"],
    ["is refused", says(422), "invalid_input"],
    ["is too fast", says(429), "rate_limited"],
    ["is redirected", "moved", "not_found"],
  ])("is sure that nothing was written when it %s", async (_what, fault, code) => {
    fake.faults.put = fault;
    const result = await deliver();
    expectRefusal(result, code as "conflict", /^GitHub does not write the secret FLY_TOKEN of acme\/web/);
    expect(result.text).not.toContain("may hold");
    expect(await statuses()).toEqual(["revoked"]);
  });

  it("gives up a GitHub that does not answer", async () => {
    const asked: (RequestInit | undefined)[] = [];
    await reopen({
      fetch: (real) => async (input, init) => {
        if (!String(input).startsWith(fake.url)) return real(input, init);
        asked.push(init);
        throw new DOMException(`of ${fake.token}`, "TimeoutError");
      },
    });
    expectRefusal(await deliver(), "provider_down", /did not answer in time/);
    expect(asked).toMatchObject([{ redirect: "manual", signal: expect.any(AbortSignal) }]);
    expectUnseen();
  });

  it("sends its token to nobody in plain", async () => {
    const asked: string[] = [];
    await reopen({
      env: { GITHUB_API_URL: "http://github.acme.example/api/v3" },
      fetch: (real) => async (input, init) => {
        asked.push(String(input));
        return real(input, init);
      },
    });
    expectRefusal(await deliver(), "not_configured", /GITHUB_API_URL is not https/);
    expect(asked.filter((url) => url.includes("github"))).toEqual([]);
  });

  it("is rotated: the successor takes the place of the former value, which ends", async () => {
    const { token } = answerOf(generateToken, await deliver({ deliver_in: "acme/web/production" }));
    const { data } = await here.call("rotate_token", { id: token.id, keep_old_for: "0" });
    const { confirmation } = data.confirmation_required as unknown as { confirmation: string };
    const rotated = await here.call("rotate_token", { id: token.id, keep_old_for: "0", confirmation });
    expect(rotated.isError, rotated.text).toBeUndefined();
    expect(Object.fromEntries(fake.secrets)).toEqual({ "acme/web/production/FLY_TOKEN": here.values[1] });
    expect(await statuses()).toEqual(["active", "revoked"]);
    expectUnseen();
  });

  it("replaces its own former value, and one that was deleted meanwhile", async () => {
    const [delivery] = here.context.deliveries.filter(({ id }) => id === "github_actions");
    const means = here.context.means();
    const place = { in: "acme/web" };
    for (const before of ["former", undefined]) {
      if (before) fake.secrets.set("acme/web/FLY_TOKEN", before);
      else fake.secrets.clear();
      await delivery?.check(place, means, true);
      const login = { username: "x", secret: new Secret(`a value, ${before}`) };
      expect(await delivery?.deliver(login, place, means, true)).toMatchObject({ warnings: [] });
      expect(fake.secrets.get("acme/web/FLY_TOKEN")).toBe(`a value, ${before}`);
    }
  });

  it("holds every character as it is", async () => {
    const [delivery] = here.context.deliveries.filter(({ id }) => id === "github_actions");
    const value = " \"ü\u{1f511}\r\n\0'$\\";
    const login = { username: "x", secret: new Secret(value) };
    await delivery?.deliver(login, { in: "acme/web" }, here.context.means());
    expect(fake.secrets.get("acme/web/FLY_TOKEN")).toBe(value);
  });
});

describe("is refused, and nobody is asked,", () => {
  const name = /deliver_name is not a name/;
  const repository = /deliver_in does not name a repository/;
  const environment = /deliver_in does not name an environment/;
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a digit in front", { deliver_name: "1A" }, name],
    ["GITHUB_ in front", { deliver_name: "github_x" }, name],
    ["a dash", { deliver_name: "A-B" }, name],
    ["no name", { deliver_name: "" }, name],
    ["a line break behind", { deliver_name: "A\n" }, name],
    ["another letter", { deliver_name: "Ä" }, name],
    ["a token for a name", { deliver_name: `flyt_${"a".repeat(49)}` }, name],
    ["no place", { deliver_in: undefined }, repository],
    ["an owner alone", { deliver_in: "acme" }, repository],
    ["no owner", { deliver_in: "/web" }, repository],
    ["an address", { deliver_in: "https://github.com/acme/web" }, repository],
    ["steps", { deliver_in: "acme/.." }, repository],
    ["a query", { deliver_in: "acme/web?x" }, repository],
    ["an option", { deliver_in: "acme/--env web" }, repository],
    ["a token for a repository", { deliver_in: `acme/flyt_${"a".repeat(49)}` }, repository],
    ["a token for an environment", { deliver_in: `acme/web/flyt_${"a".repeat(49)}` }, repository],
    ["steps for an environment", { deliver_in: "acme/web/.." }, environment],
    ["a step for an environment", { deliver_in: "acme/web/." }, environment],
    ["a NUL in an environment", { deliver_in: "acme/web/a\0" }, environment],
    ["half a character in an environment", { deliver_in: "acme/web/a\ud800" }, environment],
    ["what nobody sees in an environment", { deliver_in: "acme/web/a\u202eb" }, environment],
    ["a space behind an environment", { deliver_in: "acme/web/a " }, environment],
    ["a path", { deliver_path: "x" }, /deliver_path means nothing/],
  ])("%s", async (_what, args, said) => {
    const result = await deliver(args);
    expectRefusal(result, "invalid_input", said);
    expect([fake.requests, await here.tokens()]).toEqual([[], []]);
    const given = String(Object.values(args)[0] ?? "");
    if (given.length > 40) expect(result.wire).not.toContain(given.slice(-40));
  });
});

describe("by gh", () => {
  const byGh = (options: MachineOptions = {}) =>
    reopen({
      programs: { gh },
      ...options,
      env: { FLY_TOKENS_GITHUB_TOKEN: "", GITHUB_API_URL: "https://api.github.com", ...options.env },
    });
  const kept = (name: string) => here.read(`${ghFolder}/${name}`);
  const prepare = (name: string, text: string) => here.write(`${ghFolder}/${name}`, text);
  const argv = async () => ((await kept("argv")) ?? "").split("\n").filter(Boolean);
  beforeEach(() => byGh());

  it("gives it the value on stdin, and asks nobody else", async () => {
    const result = await deliver({ deliver_in: "acme/web/eu west", deliver_name: "npm_token" });
    expect(answerOf(generateToken, result).delivery.location).toBe(
      "the secret NPM_TOKEN of acme/web (environment eu west)",
    );
    const place = "--repo=acme/web --env=eu west";
    const list = `secret list ${place}`;
    expect(await argv()).toEqual([list, list, `secret set NPM_TOKEN ${place}`]);
    expect(await kept("secrets/NPM_TOKEN")).toBe(here.values[0]);
    expect(await kept("env")).not.toMatch(/FLY_TOKENS_/);
    expect(fake.requests).toEqual([]);
    expectUnseen();
  });

  it.each([
    ["https://github.acme.example:8443/api/v3", "github.acme.example:8443/acme/web"],
    ["https://api.acme.ghe.com", "acme.ghe.com/acme/web"],
  ])("tells it which GitHub when that is %s", async (url, repository) => {
    await byGh({ env: { GITHUB_API_URL: url } });
    answerOf(generateToken, await deliver());
    expect(await argv()).toContain(`secret set FLY_TOKEN --repo=${repository}`);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "nobody is logged in",
      "To get started with GitHub CLI, please run:  gh auth login",
      "unauthorized",
      /gh auth login/,
    ],
    [
      "the login is dead",
      "failed to get secrets: HTTP 401: Bad credentials",
      "unauthorized",
      /Bad credentials/,
    ],
    [
      "it may not",
      "failed to get secrets: HTTP 403: Must have admin rights",
      "forbidden",
      /admin rights.*gh auth refresh/,
    ],
    ["there is a limit", "HTTP 403: API rate limit exceeded for user", "rate_limited", /Wait/],
    [
      "the repository is not there",
      "failed to get secrets: HTTP 404: Not Found",
      "not_found",
      /Correct deliver_in/,
    ],
    ["it knows no words", "", "command_failed", /exit code 1.*gh auth status/],
  ])("mints nothing when %s", async (_when, words, code, said) => {
    await prepare("refuse-list", words);
    expectRefusal(await deliver(), code as "conflict", said);
    expect([await here.tokens(), await argv()]).toEqual([[], ["secret list --repo=acme/web"]]);
  });

  it("mints nothing without gh and without a token, and says what either takes", async () => {
    await byGh({ programs: {} });
    const result = await deliver();
    expectRefusal(result, "not_configured", /a token of GitHub's or its program gh/);
    expect(result.error.fix).toMatch(/FLY_TOKENS_GITHUB_TOKEN.*gh auth login/);
    expect(await here.tokens()).toEqual([]);
  });

  it.each(["a/b", "a?b", "a#b", "a%2e"])(
    "does not ask it for an environment called %s",
    async (environment) => {
      expectRefusal(
        await deliver({ deliver_in: `acme/web/${environment}` }),
        "unsupported",
        /gh finds no environment/,
      );
      expect([await here.tokens(), await argv()]).toEqual([[], []]);
    },
  );

  it("leaves a secret alone that is there, whatever its letters", async () => {
    await prepare("secrets/FLY_TOKEN", "theirs");
    expectRefusal(await deliver({ deliver_name: "fly_token" }), "conflict", /is there already/);
    expect([await here.tokens(), await kept("secrets/FLY_TOKEN")]).toEqual([[], "theirs"]);
  });

  it.each([
    [
      "fails after it has written",
      "refuse-after",
      "HTTP 502: Bad gateway",
      /HTTP 502.*may hold a value that is dead/,
    ],
    ["says nothing", "refuse-set", "", /exit code 1.*may hold a value that is dead/],
  ])("says that a value that is dead may be there when it %s", async (_what, file, words, said) => {
    await prepare(file, words);
    const result = await deliver();
    expectRefusal(result, "command_failed", said);
    expect(result.text).toMatch(/The new token tok_\w+ was revoked/);
    expect(await statuses()).toEqual(["revoked"]);
  });

  it("says the same when it hangs, and stops it", async () => {
    await prepare("hang", "");
    const { run } = here.context;
    here.context.run = (command, args, options) =>
      run(command, args, { ...options, ...(args[1] === "set" && { timeout: 500 }) });
    expectRefusal(await deliver(), "command_failed", /did not finish in time.*may hold a value that is dead/);
    expect(await statuses()).toEqual(["revoked"]);
  });

  it("is sure that nothing was written when GitHub forbids it, and repeats no token that gh repeats", async () => {
    await reopenQuoting();
    const result = await deliver();
    expectRefusal(result, "forbidden", /"HTTP 403: \[redacted\]"/);
    expect(result.text).not.toContain("may hold");
    expect(await statuses()).toEqual(["revoked"]);
    expectUnseen();
    const delivery = here.context.deliveries.find(({ id }) => id === "github_actions");
    const login = { username: "x", secret: new Secret("q9w8e7r6t5") };
    await expect(delivery?.deliver(login, { in: "acme/web" }, here.context.means())).rejects.toThrow(
      '"HTTP 403: [redacted]"',
    );
  });
  const reopenQuoting = () =>
    byGh({ programs: { gh: '[ "$2" = list ] || { printf "HTTP 403: %s" "$(cat)" >&2; exit 1; }' } });

  it("does not let it shorten a value", async () => {
    const [delivery] = here.context.deliveries.filter(({ id }) => id === "github_actions");
    const login = { username: "x", secret: new Secret("a value with an end\n") };
    await expect(delivery?.deliver(login, { in: "acme/web" }, here.context.means())).rejects.toMatchObject({
      code: "unsupported",
    });
    expect(await argv()).not.toContainEqual(expect.stringContaining("secret set"));
  });
});
