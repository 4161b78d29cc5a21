/** While the database is away nothing is decided: nobody is logged out, and no key is called wrong. */
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { postgresPrograms, startPostgres } from "../../support/postgres.ts";
import { startRegistry } from "../../support/registry.ts";
import { Visitor, visit } from "./visitor.ts";

const programs = postgresPrograms();

describe("a database that is away", () => {
  test.skipIf(programs === undefined)("is said, and the session is there again with it", async () => {
    await using postgres = await startPostgres(programs ?? "");
    await using registry = await startRegistry({ database: new Secret(postgres.url("page")) });
    const visitor = await visit(registry);
    const form_token = await visitor.formToken();
    await postgres.stop();
    for (const answer of [
      await visitor.get("/"),
      await visitor.post("/environments/new", { form_token, name: "staging" }),
      await new Visitor(registry).logIn(registry.adminKey),
    ]) {
      expect([answer.status, answer.heading]).toEqual([503, "The database does not answer"]);
      expect(answer.headers.get("retry-after")).toBe("2");
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect((await new Visitor(registry).get("/log-in")).status).toBe(200);
    await postgres.start();
    expect((await visitor.get("/")).status).toBe(200);
  });
});
