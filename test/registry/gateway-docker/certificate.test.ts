import { beforeAll, describe, expect, it } from "vitest";
import { Problem } from "../../../src/problem.ts";
import { readSigningKey } from "../../../src/registry/gateway/docker/certificate.ts";
import { openDockerGateway } from "../../../src/registry/gateway/docker/index.ts";
import { Secret } from "../../../src/secret.ts";
import { startRegistry } from "../../support/registry.ts";
import { type Made, make, pemFile } from "./certificates.ts";

/** An hour ahead, so that what is made during the tests is valid. */
const now = new Date(Date.now() + 3_600_000);
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

async function refusal(path: string | undefined, at = now): Promise<Problem> {
  const error = await readSigningKey(path, at).catch((cause: unknown) => cause);
  if (error instanceof Problem) return error;
  throw new Error("was not refused");
}

describe("the gateway's key and certificate", () => {
  let good: Made;
  beforeAll(async () => {
    good = await make();
  });

  it.each([
    ["P-256", "ES256"],
    ["P-384", "ES384"],
    ["RSA 2048", "RS256"],
  ] as const)("are read, in either order: %s signs with %s", async (kind, alg) => {
    const { key, certificate } = await make(kind);
    for (const text of [key + certificate, certificate + key]) {
      const read = await readSigningKey(await pemFile(text), now);
      expect(read).toMatchObject({ alg, chain: [expect.stringMatching(/^MII/)] });
      expect(Math.round((read.expires.getTime() - now.getTime()) / 86_400_000)).toBe(90);
    }
  });

  it("come with the certificates above, the key's own first", async () => {
    const other = await make();
    const { chain } = await readSigningKey(
      await pemFile(other.certificate + good.certificate + good.key),
      now,
    );
    const body = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, "");
    expect(chain).toEqual([body(good.certificate), body(other.certificate)]);
  });

  it("may be read by a group, as clusters mount secrets, and by nobody else", async () => {
    const text = good.key + good.certificate;
    await readSigningKey(await pemFile(text, 0o440), now);
    for (const mode of [0o644, 0o604, 0o660, 0o602]) {
      const { code, message, fix } = await refusal(await pemFile(text, mode));
      expect(code).toBe("unsafe_location");
      expect(message).toContain(mode.toString(8));
      expect(fix).toContain("chmod 600");
    }
  });

  it("are asked for with the command that makes them when no file is named, or there is none", async () => {
    const { code, fix } = await refusal(undefined);
    expect(code).toBe("not_configured");
    expect(fix).toContain("openssl req -x509 -newkey ec");
    expect(fix).toContain("rootcertbundle");
    const missing = await refusal("/nowhere/gateway.pem");
    expect(missing.code).toBe("file_unreadable");
    expect(missing.fix).toContain("openssl");
    expect(missing.message + missing.fix).not.toContain("/nowhere");
  });

  it("are refused when they do not belong together", async () => {
    const other = await make();
    expect((await refusal(await pemFile(good.key + other.certificate))).message).toContain("does not belong");
  });

  it.each([
    ["no key", () => good.certificate, "has no private key"],
    ["no certificate", () => good.key, "has no certificate"],
    ["nothing that is PEM", () => "hello", "has no private key"],
    ["two keys", () => good.key + good.key + good.certificate, "more than one private key"],
    [
      "a broken key",
      () => good.key.replace(/\n[^-\n]+\n/, "\nbm9uc2Vuc2U=\n") + good.certificate,
      "private key that cannot be read",
    ],
    [
      "a broken certificate",
      () => good.key + good.certificate.replace(/\n[^-\n]+\n/, "\nbm9uc2Vuc2U=\n"),
      "certificate that cannot be read",
    ],
    [
      "an encrypted key",
      () => good.key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") + good.certificate,
      "is encrypted",
    ],
  ])("are refused with %s, and nothing of the file is quoted", async (_what, text, words) => {
    const { code, message, fix } = await refusal(await pemFile(text()));
    expect(code).toBe("not_configured");
    expect(message).toContain(words);
    expect(fix).toContain("openssl");
    const secret = good.key.split("\n")[1] ?? "";
    expect(message + fix).not.toContain(secret);
  });

  it.each(["RSA 1024", "P-521", "Ed25519"] as const)("are refused with a key that is %s", async (kind) => {
    const { key, certificate } = await make(kind);
    expect((await refusal(await pemFile(key + certificate))).message).toMatch(/too weak, or of a kind/);
  });

  it("are refused once the certificate has expired, or before it is valid", async () => {
    const path = await pemFile(good.key + good.certificate);
    expect((await refusal(path, days(91))).message).toContain("has expired");
    expect((await refusal(path, days(-1))).message).toContain("not valid yet");
  });
});

describe("the end of the certificate", () => {
  async function open() {
    const { key, certificate } = await make();
    const lines: Record<string, unknown>[] = [];
    const clock = { now };
    const gateway = await openDockerGateway(
      {
        upstreams: { docker: new Secret("https://images.example") },
        certificate: await pemFile(key + certificate),
      },
      () => clock.now,
      (line) => lines.push(line),
    );
    if (!gateway) throw new Error("no gateway");
    const login = () => gateway.login({ id: "tok_1", permission: "read_only", expires_at: null }, []);
    return { lines, clock, login };
  }

  it("is announced in the log for a month, once a day", async () => {
    const { lines, clock, login } = await open();
    expect(lines).toEqual([]);
    clock.now = days(61);
    await login();
    await login();
    expect(lines).toMatchObject([
      { warning: expect.stringContaining("FLY_TOKENS_GATEWAY_CERTIFICATE expires") },
    ]);
    clock.now = days(63);
    await login();
    expect(lines).toHaveLength(2);
  });

  it("ends what is issued, with 503: the docker registry would refuse it", async () => {
    const { clock, login } = await open();
    clock.now = days(91);
    await expect(login()).rejects.toMatchObject({ status: 503, code: "UNAVAILABLE" });
  });
});

it("a registry with a docker registry behind it does not start without its key, and leaves nothing open", async () => {
  const upstreams = { docker: new Secret("https://images.example") };
  await expect(startRegistry({ gateway: { upstreams } })).rejects.toMatchObject({ code: "not_configured" });
  await using registry = await startRegistry({ gateway: { upstreams: {}, certificate: "/nowhere" } });
  expect((await registry.fetch("/v2/")).status).toBe(403);
});
