/** Replicas that share no folder, but a database: they behave as one, and while it is away they refuse rather than guess. */
import { readdir } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../../src/registry/store/postgres/open.ts";
import { Secret } from "../../src/secret.ts";
import { postgresPrograms, startPostgres } from "../support/postgres.ts";
import { postgresUrl } from "../support/store.ts";
import { type Agent, agentAt } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { authorization, get, serve } from "./http-server.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";
import { come, mint, offered, openSite, random, redeemed, type Site } from "./site.ts";
import { keepsSiteLaws } from "./site-laws.ts";
import { describeTeam } from "./team.ts";
import { typist } from "./typist.ts";

/** What is in the tables that replicas share. */
async function behind(url: string) {
  const db = await openPostgres(new Secret(url));
  const [spent, records, lines] = await Promise.all([
    db.selectFrom("spent").selectAll().execute(),
    db.selectFrom("records").selectAll().execute(),
    db.selectFrom("lines").selectAll().execute(),
  ]);
  await db.destroy();
  return { spent, records, lines };
}

describeTeam("replicas that share a database and no folder", () => {
  describe("two, for callers on other machines", () => {
    const database = postgresUrl().reveal();
    let site: Site;
    let one: Agent;
    let two: Agent;
    beforeAll(async () => {
      site = await openSite({}, database);
      [one, two] = await Promise.all([come(site.each[0]), come(site.each[1])]);
    });
    afterAll(() => site[Symbol.asyncDispose]());

    test("nothing is opened before it is needed", async () => {
      const client = new Client(database);
      await client.connect();
      const schema = new URL(database).searchParams.get("schema");
      const { rowCount } = await client.query("select 1 from pg_namespace where nspname = $1", [schema]);
      await client.end();
      expect(rowCount).toBe(0);
    });

    keepsSiteLaws(() => site);

    test("the same idempotency key at both at once makes one token", async () => {
      for (let round = 0; round < 10; round += 1) {
        const args = { name: `keyed-${round}`, expires: "1h", idempotency_key: `key-${round}` };
        const answers = await Promise.all([one, two, one, two].map((to) => to.call("generate_token", args)));
        for (const { isError, text } of answers) expect(isError, text).toBe(false);
        expect(new Set(answers.map(({ data }) => data.token?.id)).size).toBe(1);
        const { data } = await one.call("list_tokens", { name: args.name });
        expect(data.tokens).toHaveLength(1);
        const values = new Set(answers.flatMap(({ data: { credential } }) => credential?.token ?? []));
        expect(values.size).toBe(1);
      }
    });

    test("each has a folder of its own, with its own log, and nothing that the other would have to know", async () => {
      for (const at of [0, 1]) {
        const folder = `replica-${at}`;
        const env = { FLY_TOKENS_HOME: site.machine.at(folder) };
        const { code, stdout } = await site.machine.flyTokens(["audit", "verify"], { env });
        expect([code, stdout]).toEqual([0, expect.stringContaining("as it was written")]);
        const names = await readdir(site.machine.at(`${folder}/state`));
        expect(names.filter((name) => !/^(audit\.(jsonl|head)|locks)$/.test(name))).toEqual([]);
      }
      const { spent, records } = await behind(database);
      expect(spent.length).toBeGreaterThan(50);
      expect(records.length).toBeGreaterThan(50);
      expect(JSON.stringify(records)).not.toMatch(/flyt_|flyk_/);
    });
  });

  test("what was given out by a replica that is killed the others take, and what it has used up stays so", async () => {
    await using site = await openSite({}, postgresUrl().reveal());
    await using one = await come(site.each[0]);
    await using two = await come(site.each[1]);
    const handles = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        const id = await mint(one, `kept-${at}`);
        return { id, confirmation: await offered(one, id) };
      }),
    );
    const [first, ...rest] = handles;
    expect(await redeemed(one, first?.id ?? "", first?.confirmation ?? "")).toBe("revoked");
    // In the middle of the others.
    const unanswered = rest.map(({ id, confirmation }) =>
      redeemed(one, id, confirmation).catch(() => "lost"),
    );
    site.replicas[0]?.program.child.kill("SIGKILL");
    const told = await Promise.all(unanswered);
    expect(await redeemed(two, first?.id ?? "", first?.confirmation ?? "")).toBe("declined");
    for (const [at, { id, confirmation }] of rest.entries()) {
      const { data } = await two.call("get_token", { id });
      const { status } = data.token as unknown as { status: string };
      const now = await redeemed(two, id, confirmation);
      // What it was told is so; what nobody was told may have been done, or used up, or neither: then it is done now.
      if (told[at] === "revoked") expect([status, now]).toEqual(["revoked", "declined"]);
      else
        expect(now).toMatch(status === "revoked" ? /^(declined|already_revoked)$/ : /^(declined|revoked)$/);
    }
    const id = await mint(two, "afterwards");
    expect(await redeemed(two, id, await offered(two, id))).toBe("revoked");
  });

  test("while the database is away everything that would have to know is refused, and nothing is changed", async () => {
    await using own = await startPostgres(postgresPrograms() ?? "");
    await own.stop();
    // They start without it, too.
    await using site = await openSite({}, own.url("away"));
    await using one = await come(site.each[0]);
    await using two = await come(site.each[1]);
    expect((await get(site.replicas[0]?.url ?? "", "/healthz")).status).toBe(200);
    const refused = await one.call("generate_token", { name: "too-early", expires: "1h" });
    expect([refused.code, refused.text]).toEqual([
      "state_unavailable",
      expect.stringContaining("was revoked"),
    ]);
    await own.start();
    const id = await mint(one, "lasting");
    const confirmation = await offered(one, id);
    for (const mode of ["fast", "immediate"] as const) {
      await own.stop(mode);
      for (const agent of [one, two]) {
        const { code, text } = await agent.call("revoke_token", { ids: [id], confirmation });
        expect([code, text]).toEqual(["state_unavailable", expect.stringContaining("Nothing was changed")]);
        expect(text).not.toMatch(/postgres:|127\.0\.0\.1/);
      }
      const minted = await two.call("generate_token", { name: "of-nobody", expires: "1h" });
      expect(minted.code).toBe("state_unavailable");
      // The registry here has a database of its own: by it nothing has happened.
      const { data } = await one.call("list_tokens", { status: "active" });
      expect(data.tokens).toMatchObject([{ id, name: "lasting" }]);
      await own.start();
    }
    expect(await redeemed(two, id, confirmation)).toBe("revoked");
    expect(await redeemed(one, id, confirmation)).toBe("declined");
  });

  describe("two on this machine, which may write files", () => {
    let machine: Machine;
    let agents: Agent[] = [];
    const database = postgresUrl().reveal();
    beforeAll(async () => {
      machine = await openMachine({ FLY_TOKENS_CONFIRM: "never" });
      await machine.registry();
      const key = random();
      const local = (await machine.read("fly-tokens/data/registry/admin-key")) ?? "";
      agents = await Promise.all(
        ["a", "b"].map(async (name) => {
          const replica = await serve(machine, {
            FLY_TOKENS_HOME: machine.at(`home-${name}`),
            FLY_TOKENS_HTTP_KEY: key,
            FLY_TOKENS_DATABASE_URL: database,
            FLY_TOKENS_LOCAL_KEY: local.trim(),
          });
          return agentAt(replica.url, { authorization });
        }),
      );
    });
    afterAll(async () => {
      for (const agent of agents) await agent[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    });

    test("without a key the database is not for the state, and the start says so", async () => {
      const home = machine.at("home-alone");
      const env = { FLY_TOKENS_HOME: home, FLY_TOKENS_DATABASE_URL: "postgres://127.0.0.1:1/nowhere" };
      const { program } = await serve(machine, env);
      await program.said(/FLY_TOKENS_DATABASE_URL is the local registry's alone; with FLY_TOKENS_HTTP_KEY/);
      program.child.kill("SIGTERM");
      expect(await program.ended).toBe(0);
    });

    test("what one notes of a token the other reads: where it was delivered, and what it was asked for with", async () => {
      const [one, other] = agents;
      const path = machine.at("delivered.txt");
      const args = { name: "delivered", expires: "1h", deliver_to: "file", deliver_path: path };
      const made = await one?.call("generate_token", args);
      const id = made?.data.token?.id ?? "";
      expect(made?.isError, made?.text).toBe(false);
      for (const agent of agents) {
        const { data, text } = await agent.call("get_token", { id });
        expect(data.delivered_to, text).toEqual([path]);
      }
      // Rotated by the one that did not make it, at the place that only the other has noted.
      const rotated = await other?.call("rotate_token", { id });
      expect(rotated?.isError, rotated?.text).toBe(false);
      expect(rotated?.data.rewritten).toMatchObject([{ where: expect.stringContaining("delivered.txt") }]);
    });

    test("a rotation that both are asked for at once happens once, and no value is left in the database", async () => {
      const made = await agents[0]?.call("generate_token", { name: "turning", expires: "1h" });
      const id = made?.data.token?.id ?? "";
      const args = { id, idempotency_key: "turn", keep_old_for: "1h", deliver_to: "file" };
      const answers = await Promise.all(
        agents.map((agent, at) =>
          agent.call("rotate_token", { ...args, deliver_path: machine.at(`turned-${at}`) }),
        ),
      );
      const done = answers.filter(({ isError }) => !isError);
      expect(done.length, answers.map(({ text }) => text).join("\n")).toBeGreaterThan(0);
      const successors = new Set(done.map(({ data }) => (data.new as { id: string }).id));
      expect(successors.size).toBe(1);
      const { data } = (await agents[1]?.call("list_tokens", { name: "turning", status: "active" })) ?? {};
      expect(data?.tokens).toHaveLength(2);
      const { records } = await behind(database);
      expect(records.map(({ room }) => room)).toContain("rotations");
      expect(JSON.stringify(records)).not.toMatch(/flyt_|sealed":"/);
    });
  });

  describeWith(["python3"], "where a person has to approve at a terminal", () => {
    test("they do so anywhere with the key and the database", async () => {
      const database = postgresUrl().reveal();
      await using site = await openSite({ FLY_TOKENS_CONFIRM: "always" }, database);
      await using one = await come(site.each[0]);
      await using two = await come(site.each[1]);
      const id = await mint(one, "waiting");
      const confirmation = await offered(one, id);
      expect(await redeemed(two, id, confirmation)).toBe("needs_confirmation");
      const { code, stdout } = await site.machine.run(
        "python3",
        ["-c", typist, "waiting", process.execPath, bundle, "approve", confirmation],
        {
          env: {
            FLY_TOKENS_HOME: site.machine.at("a-third"),
            FLY_TOKENS_HTTP_KEY: site.key,
            FLY_TOKENS_DATABASE_URL: database,
          },
        },
      );
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/revoke_token, asked for by alice[\s\S]*Revoke waiting/),
      ]);
      expect(await redeemed(two, id, confirmation)).toBe("revoked");
      expect(await redeemed(one, id, confirmation)).toBe("declined");
    });
  });
});
