/**
 * JWTs and reference tokens, and a JFrog that quotes them back and loses answers: every tool does its work there and fails
 * at it, and none of them is seen but where it was asked for.
 */
import { describe, expect, it } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { Canaries } from "../support/canaries.ts";
import { openJfrogMachine } from "../support/jfrog.ts";
import { foundIn, outletsOf } from "../support/outlets.ts";
import { played, shownIn } from "../support/played.ts";
import type { ClientOptions } from "../support/world.ts";

/** What makes one value another than its kin, in each form that it has: the signature of a JWT, the end of the others. */
function marksOf(value: string): string[] {
  if (!value.startsWith("eyJ")) return [value.slice(-32)];
  const signature = value.slice(value.lastIndexOf(".") + 1);
  const bytes = Buffer.from(signature, "base64url");
  return [signature, bytes.toString("base64"), bytes.toString("hex")];
}

/** As it stands in a pull secret, where it is encoded once more. */
const loginOf = (value: string) => Buffer.from(`bob@example.com:${value}`).toString("base64");

/** Looks at every process, and keeps its input. */
const program = (then = "") => `
for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < "$file"; echo; done >> "$HOME/seen" 2> /dev/null
cat >> "$HOME/input"
${then}
`;
/** Tries, and then quotes all that it was given. */
const kubectl = program(`case "$*" in
*--dry-run=server*) printf default ;;
*) tail -c 4000 "$HOME/input" >&2; exit 1 ;;
esac`);

async function openScene(era: ClientOptions["era"], references: boolean) {
  const here = await openJfrogMachine({
    programs: { docker: program(), kubectl },
    env: { FLY_TOKENS_JFROG_REFERENCE_TOKENS: String(references) },
  });
  const { fake } = here;
  const canaries = new Canaries();
  const asked = new Set<string>();
  const { call } = await here.connect({ era });
  const watch = () => {
    for (const { value, reference, refreshToken } of fake.tokens)
      for (const one of [value, reference, refreshToken])
        if (one !== undefined)
          for (const mark of [...marksOf(one), loginOf(one).slice(-40)]) canaries.add(mark);
  };
  const scene = {
    here,
    canaries,
    asked,
    ...played(call, (result) => {
      const shown = shownIn(result);
      if (shown !== undefined) for (const mark of marksOf(shown)) asked.add(mark);
    }),
    watch,
    /** What a JFrog may say: the caller's token, and one that this process has never seen. */
    quoting() {
      const { value, reference } = fake.addToken({ reference: true });
      const own = fake.developer.token;
      return [value, reference ?? "", `Bearer ${own}`, encodeURIComponent(own), loginOf(own)];
    },
    /** Refuses with those words, now in this form of an answer, now in that; also so late that they are cut off. */
    async refusing(target: string, act: () => Promise<unknown>): Promise<void> {
      const texts = scene.quoting();
      const messages = [...texts, ...texts.map((text) => `${"x ".repeat(95)}${text}`)];
      for (const [index, message] of messages.entries()) {
        const forms = [{ errors: [{ code: "FORBIDDEN", message }] }, { errors: [{ status: 403, message }] }];
        const body = [...forms, message][index % 3];
        fake.faults.next(target, { kind: "answer", status: 403, body });
        await act();
        fake.faults.clear();
      }
    },
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
  return scene;
}

type Scene = Awaited<ReturnType<typeof openScene>>;

/** Tools that JFrog has no part in can only be refused there. */
const none = ["create_environment", "delete_token", "restrict_token"];

const plays: ((scene: Scene) => Promise<unknown>)[] = [
  async ({ call, here, refusing }) => {
    await call("generate_token", { name: "one", environment: "production", idempotency_key: "k" });
    await call("generate_token", { name: "one", environment: "production", idempotency_key: "k" });
    await call("generate_token", { name: "two", idempotency_key: "k" });
    await call("generate_token", { name: "short", expires: "1h", permission: "read_write" });
    await call("generate_token", { name: "kept", deliver_to: "file", deliver_path: here.at("kept") });
    await call("generate_token", { name: "pull", deliver_to: "kubernetes" });
    const manifest = { deliver_to: "kubernetes", deliver_path: here.at("pull.yaml") };
    await call("generate_token", { name: "pull", ...manifest });
    for (const fault of ["502-after-commit", "cut-after-commit"] as const) {
      here.fake.faults.next("createToken", { kind: fault });
      await call("generate_token", { name: fault });
    }
    await refusing("createToken", () => call("generate_token", { name: "no" }));
  },
  async ({ call, here, refusing }) => {
    const { data } = await call("generate_token", { name: "parent" });
    const id = (data as { token?: { id: string } }).token?.id ?? "";
    for (const args of [
      { id },
      { id: "me" },
      { id: "x" },
      { from: "env:JFROG_ACCESS_TOKEN" },
      { from: "file:kept" },
    ])
      await call("get_token", args);
    await refusing("getToken", () => call("get_token", { id }));
    await call("restrict_token", { from: "env:JFROG_ACCESS_TOKEN", restrictions: { read_only: true } });
    await call("restrict_token", { from: "file:kept", restrictions: { expires: "1h" } });
    const manager = "npm,docker";
    await call("configure_package_manager", { manager, dry_run: true });
    await call("configure_package_manager", { manager });
    await call("configure_package_manager", { manager: "pip", token_from: "file:kept" });
    await call("configure_package_manager", { manager: "pip", token_from: "file:nothing" });
    await call("check_package_manager", { manager: "npm" });
    await call("check_package_manager", { manager: "docker" });
    await call("check_package_manager", { manager: "brew" });
    await refusing("getOwnToken", () => call("check_package_manager", { manager: "npm" }));
    await call("restore_package_manager", { manager });
    while (!(await call("restore_package_manager", { manager: "npm" })).isError);
    here.fake.faults.always("/artifactory/api/npm/npm/-/whoami", { kind: "429", retryAfter: 60 });
    await call("configure_package_manager", { manager: "npm" });
    here.fake.faults.clear();
  },
  async ({ call, here, refusing }) => {
    const { data } = await call("generate_token", { name: "held", deliver_to: "env_file" });
    const id = (data as { token?: { id: string } }).token?.id ?? "";
    await call("configure_package_manager", { manager: "npm", token_id: id });
    await refusing("createToken", () => call("rotate_token", { id }));
    // After the successor was made.
    await refusing("/artifactory/api/npm/npm/-/whoami", () => call("rotate_token", { id }));
    const rotated = await call("rotate_token", { id });
    const { new: successor } = rotated.data as { new?: { id: string } };
    here.fake.faults.next("revokeToken", { kind: "502-before-commit" });
    await call("rotate_token", { id: successor?.id, deliver_to: "inline", keep_old_for: "0" });
    here.fake.faults.clear();
    await call("find_leaks", { paths: [".env", "kept", ".npmrc"] });
    await refusing("getOwnToken", () => call("find_leaks"));
    await call("find_leaks", { paths: ["nothing"] });
  },
  async ({ call, here, refusing }) => {
    await call("get_status");
    await refusing("getOwnToken", () => call("get_status"));
    await call("get_status", { verbose: true });
    await call("list_tokens", { limit: 2 });
    await call("describe_environment");
    await call("describe_environment", { name: "nowhere" });
    await refusing("listTokens", () => call("list_tokens"));
    const id = here.fake.tokens.findLast(({ revokedAt }) => revokedAt === undefined)?.id;
    await refusing("revokeToken", () => call("revoke_token", { ids: [id] }));
    here.fake.faults.next("revokeToken", { kind: "cut-after-commit" });
    await call("revoke_token", { ids: [id] });
    await call("revoke_token", { filter: { name: "one" } });
    await call("revoke_token", { filter: { name: "nobody" } });
    for (const name of none) await call(name, { ids: ["x"], name: "production" });
  },
];

const scenes = (["legacy", "modern"] as const).flatMap((era) =>
  [false, true].map((references) => ({ era, references })),
);

describe.each(scenes)(
  "with a client of the $era era, reference tokens: $references",
  ({ era, references }) => {
    it("no token comes out that was not asked for", async () => {
      await using scene = await openScene(era, references);
      const { here, canaries, asked } = scene;
      for (const play of plays) await play(scene);
      scene.watch();
      const all = tools.map(({ name }) => name);
      expect([...scene.failed].sort()).toEqual([...all].sort());
      expect([...scene.succeeded].sort()).toEqual(all.filter((name) => !none.includes(name)).sort());

      const found = foundIn(await outletsOf(here), canaries);
      expect(found.filter(({ value }) => !asked.has(value))).toEqual([]);
      expect([...new Set(found.map(({ where }) => where))]).toEqual(["frames"]);
      for (const name of ["kept", "input"])
        expect(canaries.in((await here.read(name)) ?? "").length, name).toBeGreaterThan(0);
      expect(here.faults).toEqual([]);
      expect(here.fake.violations).toEqual([]);
    }, 60_000);
  },
);
