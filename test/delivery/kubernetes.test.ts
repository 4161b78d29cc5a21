/** A pull secret, as a manifest and in a cluster, with a stand-in for kubectl that keeps what it was given. */
import { execFileSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Means } from "../../src/delivery/delivery.ts";
import { deliveries } from "../../src/delivery/index.generated.ts";
import { openOutlet } from "../../src/delivery/outlet.ts";
import { Problem } from "../../src/problem.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { startFakeJfrog } from "../fakes/jfrog/fake.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { openFlyio } from "../support/flyio.ts";
import { treeOf } from "../support/home.ts";
import { type Machine, openMachine } from "../support/machine.ts";

/** Keeps argv and stdin, and what every process was started with; `dry` and `wet`: what it does then. */
const kubectl = (wet = "", dry = "") => `
printf '%s\\n' "$*" >> "$HOME/argv"
cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' >> "$HOME/processes"
count=$(wc -l < "$HOME/argv")
cat > "$HOME/stdin-$count"
given() { cat "$HOME/stdin-$count"; }
case "$*" in
*--dry-run=server*) :; ${dry} ;;
*) :; ${wet} ;;
esac
printf staging
`;
const refuse = (words: string) => `printf '%s\\n' '${words}' >&2; exit 1`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const apply = (...more: string[]) =>
  [
    "apply --server-side --field-manager=fly-tokens --validate=false",
    ...more,
    "-o jsonpath={.metadata.namespace} -f -",
  ].join(" ");

let here: Machine;
let secrets: Canaries;
/** The token that was minted last, as the registry gave it out. */
let minted: string;
const open = async (programs: Record<string, string>, env: Record<string, string> = {}) => {
  secrets = new Canaries();
  minted = "";
  here = await openMachine({
    programs,
    env,
    fetch: (real) => async (input, init) => {
      const response = await real(input, init);
      if (response.status !== 201 || !response.url.endsWith("/tokens")) return response;
      minted = ((await response.clone().json()) as { value: string }).value;
      for (const form of [minted, base64(`admin:${minted}`)]) secrets.add(form);
      return response;
    },
  });
};
const reopen = async (...args: Parameters<typeof open>) => {
  await here[Symbol.asyncDispose]();
  await open(...args);
};
beforeEach(() => open({ kubectl: kubectl() }));
afterEach(() => here[Symbol.asyncDispose]());

const deliver = (args: Record<string, unknown> = {}) =>
  here.call("generate_token", { name: "pull", deliver_to: "kubernetes", ...args });
const argv = async () => ((await here.read("argv")) ?? "").split("\n").filter(Boolean);
const statuses = async () => (await here.tokens()).map(({ status }) => status);
const server = () => `${new URL(here.registry.url).host}/docker`;

/** What a manifest says, without its login; and the login. */
function read(text = "") {
  const { data, ...rest } = parse(text) as { data: Record<string, string> };
  expect(JSON.parse(text)).toEqual({ ...rest, data });
  expect(Object.keys(data)).toEqual([".dockerconfigjson"]);
  const config = Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString("utf8");
  return { rest, config: JSON.parse(config) as unknown };
}
const loginOf = (host: string, username: string, password: string) => ({
  auths: { [host]: { username, password, auth: base64(`${username}:${password}`) } },
});

/** Where nothing of a token may be: frames, faults, argv of whatever ran, and files of our own. */
async function expectUnseen() {
  const ours = Object.entries(await treeOf(here.home)).filter(([name]) => name.startsWith("ours"));
  const processes = [(await here.read("argv")) ?? "", (await here.read("processes")) ?? ""];
  const texts = [...here.frames, ...here.faults.map(String), ...processes, ...ours.flat()];
  expect(secrets.count).toBe(2);
  expect(texts.filter((text) => secrets.in(text).length > 0)).toEqual([]);
}

describe("a manifest", () => {
  it("is a pull secret for the documented server, for its owner's eyes, and no program is started", async () => {
    await here.registry.call("POST", "/environments", { name: "production" });
    const result = await deliver({
      environment: "production",
      deliver_path: "pull.yaml",
      kubernetes: { namespace: "shop", secret_name: "pull" },
    });
    const { delivery, credential, token } = answerOf(generateToken, result);
    expect({ delivery, credential }).toEqual({
      credential: undefined,
      delivery: {
        kind: "kubernetes",
        location: here.at("pull.yaml"),
        next: expect.stringMatching(
          /kubectl apply --server-side -f.*imagePullSecrets: \[\{"name": "pull"\}\]/,
        ),
        restore_id: expect.any(String),
      },
    });
    expectSameFacts(result, "kind", "restore_id");
    const config = JSON.stringify(loginOf(server(), "admin", minted));
    expect(await here.read("pull.yaml")).toBe(`{
  "apiVersion": "v1",
  "kind": "Secret",
  "metadata": {
    "name": "pull",
    "namespace": "shop"
  },
  "type": "kubernetes.io/dockerconfigjson",
  "data": {
    ".dockerconfigjson": "${base64(config)}"
  }
}
`);
    expect(read(await here.read("pull.yaml"))).toEqual({
      rest: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "pull", namespace: "shop" },
        type: "kubernetes.io/dockerconfigjson",
      },
      config: loginOf(server(), token.username, minted),
    });
    expect((await stat(here.at("pull.yaml"))).mode & 0o777).toBe(0o600);
    expect(await argv()).toEqual([]);
    await expectUnseen();
  });

  it("has a name of its own and the namespace of whoever applies it, unless told otherwise", async () => {
    answerOf(generateToken, await deliver({ deliver_path: "pull.yaml" }));
    expect(read(await here.read("pull.yaml")).rest).toMatchObject({
      metadata: { name: "fly-registry-secret" },
    });
    expect(await here.read("pull.yaml")).not.toContain("namespace");
  });

  it.each(["123", "0x1f", "1e3", "null", "true", "on", "n", "2026-01-01"])(
    "holds %s as the name that it is",
    async (name) => {
      const kubernetes = { secret_name: name, namespace: name };
      answerOf(generateToken, await deliver({ deliver_path: "pull.yaml", kubernetes }));
      expect(read(await here.read("pull.yaml")).rest).toMatchObject({ metadata: { name, namespace: name } });
    },
  );

  it("names another registry's host alone", async () => {
    await reopen({}, { FLY_TOKENS_LOCAL_ENDPOINTS: "docker=https://images.example" });
    answerOf(generateToken, await deliver({ deliver_path: "pull.yaml" }));
    expect(read(await here.read("pull.yaml")).config).toEqual(loginOf("images.example", "admin", minted));
  });

  it("has of a Fly.io token what its registry takes as a password", async () => {
    await using machine = await openFlyio();
    const result = await machine.call("generate_token", {
      name: "pull",
      flyio: { app: "web" },
      deliver_to: "kubernetes",
      deliver_path: machine.at("pull.json"),
    });
    expect(result.isError, result.text).toBeUndefined();
    const { auths } = read(await machine.read("pull.json")).config as {
      auths: Record<string, { username: string; password: string }>;
    };
    expect(auths).toEqual({
      [machine.fake.registryHost]: {
        username: "x",
        password: expect.stringMatching(/^fm2_[^ ]+$/),
        auth: expect.any(String),
      },
    });
  });

  it("is for JFrog Fly what its documentation asks for: HOST/docker, and the token's own user name", async () => {
    await using fake = await startFakeJfrog();
    const { token: credential, username } = fake.developer;
    await reopen({}, { JFROG_URL: fake.url, JFROG_ACCESS_TOKEN: credential });
    const result = await deliver({ provider: "jfrog", environment: "staging", deliver_path: "pull.yaml" });
    expect(answerOf(generateToken, result).token).toMatchObject({ username, environment: "staging" });
    const { auths } = read(await here.read("pull.yaml")).config as { auths: object };
    const login = { username, password: expect.stringMatching(/^ey/), auth: expect.any(String) };
    expect(auths).toEqual({ [`${new URL(fake.url).host}/docker`]: login });
  });

  it.each<[string, string, RegExp, string, () => Promise<unknown>]>([
    ["a file that is there", "conflict", /exists already/, "mine", () => here.write("mine", "precious")],
    [
      "a git repository that does not ignore it",
      "unsafe_location",
      /git repository/,
      "project/pull.yaml",
      async () => execFileSync("git", ["init", "-q", here.at("project")]),
    ],
  ])("is not written to %s, and nothing is minted", async (_what, code, said, path, prepare) => {
    await prepare();
    expectRefusal(await deliver({ deliver_path: path }), code as "conflict", said);
    expect(await here.tokens()).toEqual([]);
    expect(["precious", undefined]).toContain(await here.read(path));
  });
});

describe("a secret in the cluster", () => {
  it("is tried without a login, then applied with it, on stdin both times", async () => {
    const result = await deliver();
    expect(answerOf(generateToken, result).delivery).toEqual({
      kind: "kubernetes",
      location: "the secret fly-registry-secret in namespace staging of kubectl's current context",
      next: 'Pods pull with imagePullSecrets: [{"name": "fly-registry-secret"}].',
    });
    expectSameFacts(result, "kind");
    expect(await argv()).toEqual([apply("--dry-run=server"), apply()]);
    const [tried, applied] = [read(await here.read("stdin-1")), read(await here.read("stdin-2"))];
    expect(tried).toEqual({ rest: applied.rest, config: { auths: {} } });
    expect(applied.config).toEqual(loginOf(server(), "admin", minted));
    expect(await statuses()).toEqual(["active"]);
    await expectUnseen();
  });

  it("is the one that is named, of the context that is named", async () => {
    const result = await deliver({
      kubernetes: { context: "kind prod/eu --x", namespace: "shop", secret_name: "pull" },
    });
    expect(answerOf(generateToken, result).delivery.location).toBe(
      "the secret pull in namespace staging of context kind prod/eu --x",
    );
    const context = "--context=kind prod/eu --x";
    expect(await argv()).toEqual([apply(context, "--dry-run=server"), apply(context)]);
    expect(read(await here.read("stdin-2")).rest).toMatchObject({
      metadata: { name: "pull", namespace: "shop" },
    });
  });

  it("is not applied again by a call that is repeated with its idempotency_key", async () => {
    for (const kind of ["kubernetes", "none"])
      expect(answerOf(generateToken, await deliver({ idempotency_key: "once" })).delivery.kind).toBe(kind);
    expect(await argv()).toEqual([apply("--dry-run=server"), apply(), apply("--dry-run=server")]);
    expect(await statuses()).toEqual(["active"]);
  });

  const forbidden =
    'Error from server (Forbidden): secrets "fly-registry-secret" is forbidden: User "bob" cannot patch resource "secrets"';
  it.each<[string, string, string, RegExp]>([
    ["who may not", forbidden, "forbidden", /cannot patch.*deliver_path/],
    [
      "to a namespace that is not there",
      'Error from server (NotFound): namespaces "shop" not found',
      "not_found",
      /"shop" not found/,
    ],
    [
      "to a context that is not there",
      'error: context "nowhere" does not exist',
      "not_found",
      /"nowhere" does not exist/,
    ],
    [
      "over a secret of somebody else's",
      'error: Apply failed with 1 conflict: conflict with "kubectl-create": .data..dockerconfigjson',
      "conflict",
      /Somebody else made that secret.*secret_name/,
    ],
    [
      "to a cluster that is not there",
      "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
      "command_failed",
      /localhost:8080 was refused.*kubectl auth can-i/,
    ],
    ["without a word", "", "command_failed", /exit code 1/],
  ])("is refused %s, before anything is minted", async (_who, words, code, said) => {
    await reopen({ kubectl: kubectl("", refuse(words)) });
    expectRefusal(await deliver(), code as "conflict", said);
    expect([await here.tokens(), await argv()]).toEqual([[], [apply("--dry-run=server")]]);
  });

  it("is refused without kubectl, before anything is minted", async () => {
    await reopen({});
    expectRefusal(await deliver(), "not_found", /`kubectl` is not installed/);
    expect(await here.tokens()).toEqual([]);
  });

  it.each([
    ["tried", [], /was stopped\. Run/, kubectl("", "exec sleep 60")],
    [
      "applied",
      ["revoked"],
      /secret fly-registry-secret may have been replaced all the same\. The new token tok_\w+ was revoked/,
      kubectl("exec sleep 60"),
    ],
  ])("is given up when kubectl hangs while it is %s", async (_when, left, said, script) => {
    await reopen({ kubectl: script });
    const { run } = here.context;
    const limits: (number | undefined)[] = [];
    here.context.run = (command, args, options) => {
      limits.push(options?.timeout);
      return run(command, args, { ...options, timeout: 1000 });
    };
    const result = await deliver();
    expectRefusal(result, "command_failed", /`kubectl` did not finish in time/);
    expect(result.text).toMatch(said);
    expect(await statuses()).toEqual(left);
    expect(limits.filter((limit) => !limit || limit > 60_000)).toEqual([]);
  });

  it("leaves a revoked token and no trace of it when kubectl fails and quotes all that it was given", async () => {
    const data = 'given | sed -n \'s/.*json": "\\(.*\\)"/\\1/p\'';
    const auth = `${data} | base64 -d | sed 's/.*auth":"\\([^"]*\\).*/\\1/'`;
    // The last two: so far behind that the sentence ends in the middle of it.
    const quoting = [
      "given",
      data,
      `${data} | base64 -d`,
      auth,
      `${auth} | base64 -d`,
      "given | tail -c 200",
      `printf %0200d 0; ${data}`,
      `printf %0265d 0; ${auth}`,
    ];
    for (const quote of quoting) {
      await reopen({ kubectl: kubectl(`{ ${quote}; } >&2; exit 1`) });
      const result = await deliver({ kubernetes: { secret_name: "p" } });
      const [token] = await here.tokens();
      expectRefusal(result, "command_failed", new RegExp(`${token?.id} was revoked`));
      if (quote === `${auth} | base64 -d`) expect(result.text).toContain('"admin:[redacted]"');
      expect(await statuses()).toEqual(["revoked"]);
      await expectUnseen();
    }
  });

  it("is revoked when it may not be written after all", async () => {
    await reopen({ kubectl: kubectl(refuse(forbidden)) });
    const result = await deliver();
    expectRefusal(result, "forbidden", /cannot patch.*The new token tok_\w+ was revoked/);
    expect(await statuses()).toEqual(["revoked"]);
    await expectUnseen();
  });
});

describe("is refused, and nothing is minted or started,", () => {
  const label = /kubernetes\.(namespace|secret_name) is not a name/;
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a name with a capital", { kubernetes: { secret_name: "Pull" } }, label],
    ["an empty name", { kubernetes: { secret_name: "" } }, label],
    ["a name that is too long", { kubernetes: { secret_name: "a".repeat(64) } }, label],
    ["an option for a namespace", { kubernetes: { namespace: "--all" } }, label],
    ["a namespace with a line break", { kubernetes: { namespace: "a\nb" } }, label],
    ["a namespace with a dot, in a manifest", { kubernetes: { namespace: "a.b" }, deliver_path: "m" }, label],
    ["a rule for git without a file", { deliver_git: "allow" }, /deliver_git means nothing/],
    ["a context with a NUL", { kubernetes: { context: "a\0" } }, /not the name of a context/],
    ["no context", { kubernetes: { context: "" } }, /not the name of a context/],
    [
      "a token for a context",
      { kubernetes: { context: `flyt_${"a".repeat(49)}` } },
      /not the name of a context/,
    ],
    [
      "a context for a manifest",
      { kubernetes: { context: "a" }, deliver_path: "m" },
      /belongs to no context/,
    ],
    [
      "a cluster for a file",
      { kubernetes: {}, deliver_to: "file", deliver_path: "m" },
      /kubernetes means nothing to deliver_to/,
    ],
    [
      "a cluster for a value to be shown",
      { kubernetes: {}, deliver_to: "inline" },
      /kubernetes means nothing to deliver_to/,
    ],
    ["a word that it does not know", { kubernetes: { name: "a" } }, /no argument "name"/],
  ])("%s", async (_what, args, said) => {
    expectRefusal(await deliver(args), "invalid_input", said);
    expect([await here.tokens(), await argv(), await here.read("m")]).toEqual([[], [], undefined]);
  });

  it("a token whose issuer has no images", async () => {
    const means: Means = { ...here.context.means(), issuer: { title: "Acme" } };
    const outlet = openOutlet(deliveries, "kubernetes", {}, "allow", means);
    await expect(outlet).rejects.toThrow("Acme has no registry to pull images from.");
    const registries = {
      endpoint: () => Promise.reject(new Problem("unsupported", "Acme serves no docker.", "Use another.")),
    };
    const served = openOutlet(deliveries, "kubernetes", {}, "allow", {
      ...means,
      issuer: { title: "Acme", registries },
    });
    await expect(served).rejects.toThrow("Acme serves no docker.");
    expect(await argv()).toEqual([]);
  });

  it("a token whose issuer nobody named, and it is offered to nobody then", async () => {
    const means: Means = here.context.means();
    await expect(openOutlet(deliveries, "kubernetes", {}, "allow", means)).rejects.toMatchObject({
      code: "unsupported",
      allowed: expect.not.arrayContaining(["kubernetes"]),
    });
    await expect(openOutlet(deliveries, "inline", {}, "deny", means)).rejects.toMatchObject({
      code: "forbidden",
      allowed: expect.not.arrayContaining(["kubernetes", "inline"]),
    });
  });
});

it("is a way where the operator forbids values in results", async () => {
  await reopen({ kubectl: kubectl() }, { FLY_TOKENS_INLINE_SECRETS: "deny" });
  const result = await here.call("generate_token", { name: "pull" });
  expectRefusal(result, "forbidden", /deliver_to .*file or .*kubernetes/);
  expect(answerOf(generateToken, await deliver()).delivery.kind).toBe("kubernetes");
});
