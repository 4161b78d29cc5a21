import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Metrics } from "../../src/mcp/http/metrics.ts";
import { Problem } from "../../src/problem.ts";
import { defineTool } from "../../src/tool.ts";
import { authorization, bearer, callOf, openTestDoor, post, request } from "../support/door.ts";

const gauges = { inFlight: 0, subscriptions: 0 };

/** Each sample by its name and labels. */
function samplesIn(text: string): Map<string, number> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
}

describe("the text", () => {
  it("has the form of Prometheus 0.0.4: a help and a type for each family, then its samples", () => {
    const metrics = new Metrics("1.2.3");
    metrics.answered("mcp", 200);
    metrics.called("get_status", "ok");
    const text = metrics.text(gauges);
    expect(text.endsWith("\n")).toBe(true);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)$/,
      );
    const types = [...text.matchAll(/^# TYPE ([a-z_]+) (counter|gauge|histogram)$/gm)].map(
      ([, name]) => name,
    );
    expect(new Set(types).size).toBe(types.length);
    for (const name of samplesIn(text).keys())
      expect(types.some((type) => name.startsWith(type ?? "-"))).toBe(true);
  });

  it("counts times into buckets that hold those below them", () => {
    const metrics = new Metrics("1");
    for (const time of [0.001, 0.005, 0.2, 1000]) metrics.took(time);
    const samples = samplesIn(metrics.text(gauges));
    const name = "fly_tokens_http_request_duration_seconds";
    const bucket = (le: string) => samples.get(`${name}_bucket{le="${le}"}`);
    expect([bucket("0.005"), bucket("0.1"), bucket("0.25"), bucket("120"), bucket("+Inf")]).toEqual([
      2, 2, 3, 3, 4,
    ]);
    expect(samples.get(`${name}_count`)).toBe(4);
    expect(samples.get(`${name}_sum`)).toBeCloseTo(1000.206);
  });
});

describe("what is counted", () => {
  const tool = defineTool({
    name: "maybe",
    title: "Maybe",
    description: "For these tests.",
    effect: "read",
    input: z.object({ fail: z.enum(["no", "known", "unknown"]) }),
    output: z.object({}),
    async run({ fail }) {
      if (fail === "known") throw new Problem("conflict", "No.", "Leave it.");
      if (fail === "unknown") throw new Error("what?");
      return {};
    },
    say: () => "done",
  });

  it("is answers, calls by how they ended, and who was not let in", async () => {
    await using door = await openTestDoor({ tools: [tool] });
    for (const fail of ["no", "no", "known", "unknown", "wrong"])
      await (await door.fetch(post({}, callOf("maybe", { fail })))).text();
    await (await door.fetch(post({}, callOf("no_such_tool", {})))).text();
    await door.fetch(post({ authorization: undefined }));
    await door.fetch(request("/nowhere"));
    const response = await door.fetch(request("/metrics"));
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    const samples = samplesIn(text);
    const calls = [...samples].filter(([name]) => name.startsWith("fly_tokens_tool_calls_total"));
    expect(Object.fromEntries(calls)).toEqual({
      'fly_tokens_tool_calls_total{tool="maybe",outcome="ok"}': 2,
      'fly_tokens_tool_calls_total{tool="maybe",outcome="conflict"}': 1,
      'fly_tokens_tool_calls_total{tool="maybe",outcome="internal"}': 1,
      'fly_tokens_tool_calls_total{tool="maybe",outcome="invalid_input"}': 1,
    });
    expect(samples.get('fly_tokens_http_requests_total{route="mcp",status="2xx"}')).toBe(6);
    expect(samples.get('fly_tokens_http_requests_total{route="mcp",status="4xx"}')).toBe(1);
    expect(samples.get('fly_tokens_http_requests_total{route="other",status="4xx"}')).toBe(1);
    expect(samples.get('fly_tokens_auth_failures_total{reason="missing"}')).toBe(1);
    expect(samples.get("fly_tokens_http_request_duration_seconds_count")).toBe(6);
    expect(samples.get("fly_tokens_http_in_flight")).toBe(0);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(text).not.toContain("no_such_tool");
    expect(text).not.toContain("nowhere");
    expect(text).not.toContain(bearer);
  });

  it("is told to those alone who may know", async () => {
    await using door = await openTestDoor({ tools: [] });
    expect((await door.fetch(request("/metrics", { authorization: undefined }))).status).toBe(401);
    expect(
      (await door.fetch(request("/metrics", { authorization, origin: "https://evil.example" }))).status,
    ).toBe(403);
    expect((await door.fetch(request("/metrics", {}, { method: "POST" }))).status).toBe(405);
  });
});
