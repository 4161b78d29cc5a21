import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Outgoing } from "../../src/mcp/redact.ts";
import { Secret } from "../../src/secret.ts";

const fresh = () => `flyt_${randomBytes(24).toString("hex")}`;

describe("a value that was asked for", () => {
  it("is put into the message that carries its placeholder", () => {
    const outgoing = new Outgoing();
    const value = fresh();
    const placeholder = outgoing.reveal(new Secret(value));
    expect(placeholder).not.toContain(value);
    expect(
      JSON.parse(outgoing.clean(JSON.stringify({ text: placeholder, data: { token: placeholder } }))),
    ).toEqual({
      text: value,
      data: { token: value },
    });
  });

  it("is put in once: the next message with it gets nothing", () => {
    const outgoing = new Outgoing();
    const value = fresh();
    const message = JSON.stringify(outgoing.reveal(new Secret(value)));
    expect(outgoing.clean(message)).toContain(value);
    expect(outgoing.clean(message)).toBe(message);
  });

  it("waits for its message, whatever goes out before", () => {
    const outgoing = new Outgoing();
    const [first, second] = [fresh(), fresh()];
    const placeholder = outgoing.reveal(new Secret(first));
    const other = outgoing.reveal(new Secret(second));
    expect(outgoing.clean('{"progress":1}')).toBe('{"progress":1}');
    expect(outgoing.clean(JSON.stringify(other))).toBe(JSON.stringify(second));
    expect(outgoing.clean(JSON.stringify(placeholder))).toBe(JSON.stringify(first));
  });

  it.each([
    'quo"ted and back\\slashed',
    "line\nbreak\ttab",
    "costs $& $1 $` $' $$",
    "\u2028 ünï \u{1f600}",
    "</script>",
  ])("keeps every character inside JSON: %j", (value) => {
    const outgoing = new Outgoing();
    const message = JSON.stringify({ token: outgoing.reveal(new Secret(value)) });
    expect(JSON.parse(outgoing.clean(message))).toEqual({ token: value });
  });

  it("lets no other secret through with it, nor itself in another place", () => {
    const outgoing = new Outgoing();
    const [asked, other] = [fresh(), fresh()];
    new Secret(other);
    const message = JSON.stringify({ token: outgoing.reveal(new Secret(asked)), log: `${asked} ${other}` });
    expect(JSON.parse(outgoing.clean(message))).toEqual({ token: asked, log: "[redacted] [redacted]" });
  });

  it("belongs to its own door alone", () => {
    const message = JSON.stringify(new Outgoing().reveal(new Secret(fresh())));
    expect(new Outgoing().clean(message)).toBe(message);
  });
});

describe("a secret that nobody asked for", () => {
  const value = fresh();
  new Secret(value);
  it.each([
    ["plain", value],
    ["percent-encoded", encodeURIComponent(`:${value}`)],
    ["in Basic", Buffer.from(`bob:${value}`).toString("base64")],
    ["in base64url", Buffer.from(`{"a":"${value}"}`).toString("base64url")],
    ["in JSON inside JSON", JSON.stringify({ error: { message: value } })],
  ])("does not go out %s", (_form, text) => {
    const clean = new Outgoing().clean(JSON.stringify({ text }));
    expect(clean).toContain("[redacted]");
    expect(() => JSON.parse(clean)).not.toThrow();
    for (const part of clean.split("[redacted]"))
      expect(Buffer.from(part, "base64").toString("latin1") + part).not.toContain(value.slice(6, 40));
  });
});
