/** The laws that every client keeps, on every file that people have: the header of src/mcp-clients/mcp-client.ts. */
import { describe, expect, it } from "vitest";
import type { Change, Texts } from "../../src/disk/change.ts";
import { mcpClients } from "../../src/mcp-clients/index.generated.ts";
import type { McpClient, Place, Server } from "../../src/mcp-clients/mcp-client.ts";
import { plan, removal } from "../../src/mcp-clients/plan.ts";
import { undoFor } from "../../src/mcp-clients/undo.ts";
import { undo } from "../../src/package-managers/undo.ts";
import { journal } from "../package-managers/laws.ts";
import { originalsOf } from "./originals.ts";

const server: Server = {
  name: "fly-tokens",
  command: "npx",
  args: ["-y", "fly-tokens-mcp@1.2.3", "--read-only"],
  settings: { FLY_TOKENS_PROVIDER: "jfrog" },
  secrets: ["JFROG_ACCESS_TOKEN", "FLY_API_TOKEN"],
  main: "/opt/fly-tokens/dist/main.js",
};

const homes: Place[] = (["user", "project"] as const).map((scope) => ({
  scope,
  home: "/users/alice",
  ...(scope === "project" && { project_dir: "/users/alice/shop" }),
  env: {},
  platform: "linux",
}));

const cases = mcpClients.flatMap((client) =>
  homes
    .filter(({ scope }) => client.scopes.includes(scope))
    .flatMap((place) =>
      [null, ...originalsOf(client).texts].map((text, index) => ({
        name: `${client.id}, ${place.scope}, original ${index}`,
        client,
        place,
        text,
        file: client.file(place),
        texts: new Map([[client.file(place), text]]) as Texts,
      })),
    ),
);

function onlyChange(changes: readonly Change[]): Change & { after: string } {
  const [change, ...others] = changes;
  expect(others).toEqual([]);
  if (typeof change?.after !== "string") throw new Error("nothing is planned");
  return { ...change, after: change.after };
}

/** A file's data without our server and our questions. */
function others(client: McpClient, text: string): unknown {
  const data = structuredClone(client.notation.data(text)) as Record<string, unknown>;
  const table = data[client.table] as Record<string, unknown> | undefined;
  if (table) delete table["fly-tokens"];
  if (table && Object.keys(table).length === 0) delete data[client.table];
  const inputs = data.inputs as { id: string }[] | undefined;
  if (inputs) data.inputs = inputs.filter(({ id }) => !id.startsWith("fly-tokens-"));
  if ((data.inputs as unknown[] | undefined)?.length === 0) delete data.inputs;
  return JSON.parse(JSON.stringify(data));
}

describe.each(cases)("$name", ({ client, place, text, file, texts }) => {
  const planned = () => onlyChange(plan(client, server, place, texts));
  const undoing = undoFor(client);

  it("is planned purely, in the client's file, and once", () => {
    const change = planned();
    expect(planned()).toEqual(change);
    expect([change.path, change.before]).toEqual([file, text]);
    expect(texts.get(file)).toBe(text);
    expect(plan(client, server, place, new Map([[file, change.after]]))).toEqual([]);
  });

  it("has the entry, and whatever else was in it", () => {
    const entryIn = (source: string) =>
      (client.notation.data(source)[client.table] as Record<string, Record<string, unknown>> | undefined)?.[
        server.name
      ];
    const { env = {}, env_vars = [], ...entry } = entryIn(planned().after) ?? {};
    expect(entry).toMatchObject({ command: server.command, args: server.args });
    expect(env).toMatchObject(server.settings);
    if (client.secrets.by === "names") expect(env_vars).toEqual(expect.arrayContaining([...server.secrets]));
    const before = entryIn(text ?? "") ?? {};
    for (const name of Object.keys(before).filter((one) => !["args", "env", "env_vars"].includes(one)))
      expect(entry[name]).toEqual(before[name]);
    expect(env).toMatchObject(before.env ?? {});
    expect(env_vars).toEqual(expect.arrayContaining((before.env_vars as string[] | undefined) ?? []));
  });

  it("changes nothing else: data, comments, line breaks, byte order mark", () => {
    const { after } = planned();
    expect(others(client, after)).toEqual(others(client, text ?? ""));
    for (const comment of (text ?? "").match(/(?:\/\/|#) [a-z].*|\/\* .*? \*\//g) ?? [])
      expect(after).toContain(comment.trim());
    expect(after.startsWith("\uFEFF")).toBe(text?.startsWith("\uFEFF") ?? false);
    if (text?.includes("\r\n")) expect(after).not.toMatch(/(?<!\r)\n/);
  });

  it("is undone to the byte, also by the tool that knows nothing of clients", () => {
    const change = planned();
    for (const each of [undoing, undo])
      expect(each(journal(change), text, change.after)).toEqual({ text, skipped: [] });
  });

  it("is undone after a later edit, which stays", () => {
    const change = planned();
    const { later } = originalsOf(client);
    const result = undoing(journal(change), text, later(change.after));
    expect(result.skipped).toEqual([]);
    const left = result.text ?? "";
    if (text?.trim() && !/^\S*\{\}$|^\/\//.test(text.trim())) expect(left).toBe(later(text));
    expect(others(client, left)).toEqual(others(client, later(change.after)));
    expect(left).toContain("later");
  });

  it("is left alone by an undo when somebody has changed it", () => {
    const change = planned();
    const theirs = change.after.replace("fly-tokens-mcp@1.2.3", "fly-tokens-mcp@9.9.9");
    const result = undoing(journal(change), text, theirs);
    expect(result.text).toBe(theirs);
    expect(result.skipped).toHaveLength(change.entries.length);
  });

  it("can be taken out without a journal", () => {
    const { after } = planned();
    const { after: left } = onlyChange(removal(client, server, place, new Map([[file, after]])));
    expect(others(client, left)).toEqual(others(client, after));
    expect(left).not.toMatch(/fly-tokens(?!-mcp)/);
  });
});

describe.each(mcpClients)("$id", (client) => {
  const [place] = homes;
  if (!place) throw new Error("no place");
  const file = client.file(place);
  const planOn = (text: string) => plan(client, server, place, new Map([[file, text]]));

  it("refuses a file that does not parse, and names the line", () => {
    for (const text of originalsOf(client).broken) {
      const refusal = expect.objectContaining({
        code: "file_unparsable",
        message: expect.stringContaining(file),
        fix: expect.stringMatching(/line \d/),
      });
      expect(() => planOn(text), text).toThrow(refusal);
      expect(() => removal(client, server, place, new Map([[file, text]])), text).toThrow(refusal);
    }
  });

  it("refuses a server of that name that is somebody else's, and offers a name that is free", () => {
    expect(() => planOn(originalsOf(client).foreign)).toThrow(
      expect.objectContaining({ code: "conflict", did_you_mean: "fly-tokens-3" }),
    );
  });

  it("leads to a secret only in its own form, and keeps what the user wrote there", () => {
    const { after } = onlyChange(plan(client, server, place, new Map([[file, null]])));
    const { by } = client.secrets;
    expect(after.includes("FLY_API_TOKEN")).toBe(by !== "none");
    if (by === "names" || by === "none") return;
    const own = after.replace(/"FLY_API_TOKEN": "[^"]*"/, '"FLY_API_TOKEN": "by hand"');
    expect(planOn(own)).toEqual([]);
  });

  it("knows its entry when the client has written the file anew", () => {
    if (!client.notation.nests) return;
    for (const text of originalsOf(client).texts.filter((one) => one.trim() && !one.includes("fly-tokens"))) {
      const change = onlyChange(planOn(text));
      const anew = `${JSON.stringify({ ...client.notation.data(change.after), started: 1 }, null, 4)}\n`;
      const { text: left, skipped } = undoFor(client)(journal(change), text, anew);
      expect(skipped).toEqual([]);
      expect(left).not.toContain("fly-tokens");
      expect(left).toContain('"started": 1');
    }
  });

  it("has a project's configuration, or refuses", () => {
    const project: Place = { ...place, scope: "project", project_dir: "/users/alice/shop" };
    if (client.scopes.includes("project")) expect(client.file(project)).toMatch(/^\/users\/alice\/shop\/\./);
    else expect(() => client.file(project)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});
