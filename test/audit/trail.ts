/** A log with everything in it that can be in one, in a folder that goes away. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { Audit } from "../../src/audit/audit.ts";
import { type Call, calls, type Wanted } from "../../src/audit/show.ts";
import { type Verdict, verify } from "../../src/audit/verify.ts";
import { tempHome } from "../support/home.ts";

export type Trail = Awaited<ReturnType<typeof openTrail>>;

export async function openTrail() {
  const home = await tempHome();
  const state = home.at("state");
  let at = Date.parse("2027-01-01T00:00:00Z");
  const audit = new Audit({
    state,
    now: () => {
      at += 1000;
      return new Date(at);
    },
    fingerprint: async (id) => (id.startsWith("ours") ? "0123456789abcdef".repeat(4) : undefined),
  });
  const log = home.at("state/audit.jsonl");
  const read = async () => (await readFile(log, "utf8")).split("\n").slice(0, -1);
  return {
    ...home,
    state,
    log,
    audit,
    /** Its lines, without their line feeds. */
    lines: read,
    head: () => readFile(home.at("state/audit.head"), "utf8"),
    /** Puts others in their place. */
    rewrite: (lines: readonly string[]) => writeFile(log, lines.map((line) => `${line}\n`).join("")),
    /** What a process leaves that is killed while it writes. */
    tear: (text: string) => appendFile(log, text),
    verify: (expected?: string): Promise<Verdict> => verify(state, expected),
    /** What `fly-tokens audit show` has. */
    async calls(wanted: Wanted = {}): Promise<Call[]> {
      const list: Call[] = [];
      for await (const call of calls(state, wanted)) list.push(call);
      return list;
    },
    /** One call, from its beginning to its end. */
    async call(ids: readonly string[] = ["tok_1"], outcome = "ok", tool = "revoke_token") {
      const call = audit.open({
        client: { name: "claude-code", version: "2.1" },
        transport: "stdio",
        tool,
        environment: "production",
        reason: "wöchentlich ☃ \u{1f680}",
      });
      await call.begin(ids, "form");
      await call.end(outcome, ids, { outcomes: Object.fromEntries(ids.map((id) => [id, "revoked"])) });
    },
  };
}
