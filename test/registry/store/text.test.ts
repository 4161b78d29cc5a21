/** What one database could keep and the other not: whoever sends it gets the same answer from both, and never a fault. */
import { describe, expect, inject, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { postgresUrl } from "../../support/store.ts";

const npm = "/artifactory/api/npm/npm";
const pypi = "/artifactory/api/pypi/pypi";
const generic = "/artifactory/api/generic";
const odd = ["%00", "a%00b", "%ED%A0%80", "\u{10000}", "%F0%9F%9A%80", "x".repeat(3000)];

/** Whole answers, without what each registry makes up for itself. */
async function answerOf(response: Response): Promise<[number, string]> {
  const text = (await response.text()).replace(/127\.0\.0\.1:\d+|tok_\w+|"20\d\d-[^"]+"|fly[tka]_\w+/g, "*");
  return [response.status, text];
}

function document(description: string, version: string): string {
  const data = Buffer.from(version).toString("base64");
  return JSON.stringify({
    name: "tool",
    versions: { [version]: { name: "tool", version, description, keywords: ["\0", "\ud800"] } },
    "dist-tags": { latest: version },
    _attachments: { "tool.tgz": { data } },
  });
}

function upload(requiresPython: string, file: string): FormData {
  const form = new FormData();
  const fields = { ":action": "file_upload", name: "tool", version: "1.0", requires_python: requiresPython };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("content", new File(["content"], file));
  return form;
}

/** All the ways in which text reaches a statement. */
async function askEverything(registry: TestRegistry): Promise<unknown[]> {
  const { value } = await registry.mint();
  const bearer = { authorization: `Bearer ${value}` };
  const basic = { authorization: `Basic ${Buffer.from(`__token__:${value}`).toString("base64")}` };
  const json = { ...bearer, "content-type": "application/json" };
  const answers: unknown[] = [];
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await answerOf(await registry.fetch(path, init));
    answers.push([init.method ?? "GET", path.slice(0, 100), ...answer]);
  };
  const api = "/fly/api/v1";
  for (const text of odd) {
    for (const path of [
      "tokens/",
      "environments/",
      "tokens?name=",
      "tokens?created_by=",
      "tokens?environment=",
    ])
      await ask(`${api}/${path}${text}`);
    for (const path of ["environments/", "users/", "tokens/"])
      await ask(`${api}/${path}${text}`, { method: "DELETE" });
    await ask(`${npm}/-/v1/search?text=${text}`, { headers: bearer });
    for (const path of [`/${text}`, `/tool/${text}`, `/tool/-/${text}.tgz`, `/-/package/${text}/dist-tags`])
      await ask(npm + path, { headers: bearer });
    await ask(`${npm}/-/package/tool/dist-tags/${text}`, { method: "PUT", headers: json, body: '"1.0.0"' });
    for (const path of [`/simple/${text}/`, `/packages/${text}`]) await ask(pypi + path, { headers: basic });
    for (const path of [`/${text}`, `/a/${text}/f`, `/${text}/1/f`])
      await ask(generic + path, { headers: basic });
    await ask(`${generic}/a/1/${text}`, { method: "PUT", headers: basic, body: "x" });
    await ask(`/artifactory/maven/a/${text}`, { method: "PUT", headers: basic, body: "x" });
    for (const path of [`docker/a/tags/list?last=${text}`, `docker/a/manifests/${text}`, `${text}/tags/list`])
      await ask(`/v2/${path}`, { headers: basic });
    await ask(`/v2/token?scope=repository:${text}:pull&service=${text}`, { headers: basic });
  }
  for (const text of ["\0", "a\0b", "\ud800", "ok", "\u{1f680}".repeat(100)]) {
    const body = (fields: object) => ({ method: "POST", body: JSON.stringify(fields) });
    const management = { "content-type": "application/json", authorization: `Bearer ${registry.adminKey}` };
    await ask(`${api}/environments`, {
      ...body({ name: `e${answers.length}`, description: text }),
      headers: management,
    });
    for (const wanted of [{ name: text }, { name: "x", environment: text }])
      await ask(`${api}/tokens`, {
        ...body({ permission: "read_only", expires_at: null, ...wanted }),
        headers: management,
      });
    const publish = { method: "PUT", headers: json, body: document(text, `${answers.length}.0.0`) };
    await ask(`${npm}/tool`, publish);
    await ask(`${pypi}/`, {
      method: "POST",
      headers: basic,
      body: upload(text, `tool-1.0-${answers.length}-py3-none-any.whl`),
    });
  }
  for (const path of ["/tool", "/-/v1/search?text=tool", "/-/v1/search?text=ok", "/-/v1/search?text=ab"])
    await ask(npm + path, { headers: bearer });
  await ask(`${generic}/${"漢".repeat(250)}/${"字".repeat(250)}/${"漢".repeat(250)}`, {
    method: "PUT",
    headers: basic,
    body: "x",
  });
  await ask(`${api}/environments`);
  return answers;
}

describe.skipIf(inject("postgres") === undefined)("on SQLite and on PostgreSQL", () => {
  test("text that only one of them could keep gets the same answers, and none of them is a fault", async () => {
    const now = () => new Date("2026-11-22T12:00:00Z");
    await using here = await startRegistry({ now, database: undefined });
    await using there = await startRegistry({ now, database: postgresUrl() });
    const [ours, theirs] = [await askEverything(here), await askEverything(there)];
    expect(theirs).toEqual(ours);
    expect((ours as [string, string, number][]).filter(([, , status]) => status >= 500)).toEqual([]);
    expect([...here.log, ...there.log].filter((line) => "fault" in line)).toEqual([]);
  });
});
