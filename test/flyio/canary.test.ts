/**
 * Macaroons in every form, a user's own token, and a Fly.io that quotes them back: every tool does its work there and fails
 * at it, and none of them is seen but where it was asked for.
 */
import { describe, expect, it } from "vitest";
import { macaroonsOf, parseHeader } from "../../src/macaroon/header.ts";
import { tools } from "../../tools/index.generated.ts";
import { Canaries } from "../support/canaries.ts";
import { openFlyio } from "../support/flyio.ts";
import { foundIn, outletsOf } from "../support/outlets.ts";
import { played, shownIn } from "../support/played.ts";
import type { ClientOptions, ToolResult } from "../support/world.ts";

/** What makes one macaroon another than its kin: its signature, in each form that it has. */
function signaturesIn(header: string): string[] {
  return macaroonsOf(parseHeader(header)).flatMap(({ bytes, tail }) => [
    Buffer.from(bytes).toString("base64").slice(-40),
    Buffer.from(tail).toString("hex"),
    Buffer.from(tail).toString("base64"),
  ]);
}

/** Looks at every process, and keeps its input. */
const docker = `
for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < "$file"; echo; done >> "$HOME/seen" 2> /dev/null
cat > "$HOME/input"
`;

async function openScene(era: ClientOptions["era"]) {
  const here = await openFlyio({ programs: { docker } });
  const { fake } = here;
  const canaries = new Canaries();
  const asked = new Set<string>();
  const { call } = await here.connect({ era });
  for (const { token } of fake.users) canaries.add(token);
  const watch = (header: string) => {
    for (const signature of signaturesIn(header)) canaries.add(signature);
  };
  const told = (result: ToolResult) => {
    for (const { header } of fake.tokens) watch(header);
    const shown = shownIn(result);
    if (shown === undefined) return;
    watch(shown);
    for (const signature of signaturesIn(shown)) asked.add(signature);
  };
  return {
    here,
    canaries,
    asked,
    watch,
    ...played(call, told),
    /** What the last token is, for a Fly.io that quotes it under any prefix. */
    quoting: () => {
      const last = fake.tokens.at(-1)?.header ?? "";
      const body = last.replace(/^FlyV1 fm2_/, "");
      return `${last} fm2_${body} fm1r_${body} Bearer fm1a_${body} ${Buffer.from(`x:fm2_${body}`).toString("base64")} ${fake.users[0]?.token}`;
    },
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
}

type Scene = Awaited<ReturnType<typeof openScene>>;

/** Tools that Fly.io has no part in can only be refused there. */
const none = ["create_environment", "describe_environment", "delete_token"];

const plays: ((scene: Scene) => Promise<unknown>)[] = [
  async ({ call, here, quoting }) => {
    await call("generate_token", { name: "one", flyio: { app: "web" }, idempotency_key: "k" });
    await call("generate_token", { name: "one", flyio: { app: "web" }, idempotency_key: "k" });
    await call("generate_token", { name: "two", flyio: { app: "web", kind: "ssh" } });
    await call("generate_token", {
      name: "kept",
      flyio: { org: "acme" },
      deliver_to: "file",
      deliver_path: here.at("kept"),
    });
    for (const fault of ["502-after-commit", "cut-after-commit"] as const) {
      here.fake.faults.next("createLimitedAccessToken", { kind: fault });
      await call("generate_token", { name: fault, flyio: { app: "api" } });
    }
    const refusal = { kind: "graphql-error", message: quoting(), code: "UNPROCESSABLE" } as const;
    here.fake.faults.next("createLimitedAccessToken", refusal);
    await call("generate_token", { name: "no", flyio: { app: "api" } });
  },
  async ({ call, here }) => {
    const { data } = await call("generate_token", { name: "parent", flyio: { app: "web" } });
    const id = (data as { token?: { id: string } }).token?.id ?? "";
    await call("restrict_token", { from: id, restrictions: { read_only: true, expires: "1h" } });
    await call("restrict_token", {
      from: "file:kept",
      restrictions: { apps: ["web"], commands: [["uptime"]] },
      deliver_to: "file",
      deliver_path: here.at("narrow"),
    });
    await call("restrict_token", { from: "env:FLY_API_TOKEN", restrictions: { read_only: true } });
    await call("restrict_token", { from: "file:kept", restrictions: { caveats: [{ type: "No", body: 1 }] } });
    for (const args of [
      { id, explain: true, access: { action: "read", app: "web" } },
      { from: "file:narrow", access: { action: "w", app: "web" } },
      { from: "file:kept" },
      { from: "env:NOTHING" },
    ])
      await call("get_token", args);
  },
  async ({ call, here, quoting }) => {
    await call("configure_package_manager", { manager: "docker", flyio: { app: "web" }, dry_run: true });
    await call("configure_package_manager", { manager: "docker", flyio: { app: "web" } });
    await call("configure_package_manager", { manager: "docker", token_from: "file:kept" });
    await call("configure_package_manager", { manager: "docker", token_from: "file:nothing" });
    await call("check_package_manager", { manager: "docker" });
    await call("check_package_manager", { manager: "brew" });
    await call("restore_package_manager", { manager: "docker" });
    while (!(await call("restore_package_manager", { manager: "docker" })).isError);
    await call("get_status");
    here.fake.faults.next("viewer", { kind: "graphql-error", message: quoting() });
    await call("get_status");
    await call("get_status", { verbose: true });
  },
  async ({ call, here, quoting }) => {
    const args = { name: "held", flyio: { org: "acme" }, deliver_to: "env_file" };
    const { data } = await call("generate_token", args);
    const { id } = (data as { token?: { id: string } }).token ?? {};
    const refusal = { kind: "graphql-error", message: quoting(), code: "UNPROCESSABLE" } as const;
    here.fake.faults.next("createLimitedAccessToken", refusal);
    await call("rotate_token", { id });
    // When the successor is in every place, and the old one is to go.
    here.fake.faults.next("deleteLimitedAccessToken", { kind: "graphql-error", message: quoting() });
    await call("rotate_token", { id, deliver_to: "inline", keep_old_for: "0" });
    await call("find_leaks", { paths: [".env", "kept", "narrow"] });
    here.fake.faults.always("viewer", { kind: "graphql-error", message: quoting() });
    await call("find_leaks");
    here.fake.faults.clear();
    await call("find_leaks", { paths: ["nothing"] });
  },
  async ({ call, here, quoting }) => {
    await call("list_tokens");
    await call("list_tokens", { flyio: { app: "web" }, limit: 2 });
    here.fake.faults.next("organizations", { kind: "graphql-error", message: quoting() });
    await call("list_tokens");
    await call("list_tokens", { flyio: { org: "nowhere" } });
    here.fake.faults.next("node", { kind: "graphql-error", message: quoting() });
    await call("revoke_token", { ids: ["x"] });
    await call("revoke_token", { filter: { name: "one" } });
    await call("revoke_token", { filter: { name: "nobody" } });
    for (const name of none) await call(name, { ids: ["x"], name: "production", provider: "flyio" });
  },
];

describe.each<ClientOptions["era"]>(["legacy", "modern"])("with a client of the %s era", (era) => {
  it("no macaroon and no user's token comes out that was not asked for", async () => {
    await using scene = await openScene(era);
    const { here, canaries, asked } = scene;
    for (const play of plays) await play(scene);
    for (const name of ["kept", "narrow"]) scene.watch((await here.read(name)) ?? "");
    const all = tools.map(({ name }) => name);
    expect([...scene.failed].sort()).toEqual([...all].sort());
    expect([...scene.succeeded].sort()).toEqual(all.filter((name) => !none.includes(name)).sort());

    const found = foundIn(await outletsOf(here), canaries);
    expect(found.filter(({ value }) => !asked.has(value))).toEqual([]);
    expect([...new Set(found.map(({ where }) => where))]).toEqual(["frames"]);
    expect(canaries.in((await here.read("input")) ?? "").length).toBeGreaterThan(0);
    expect(here.faults).toEqual([]);
  });
});
