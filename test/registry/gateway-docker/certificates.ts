/** Keys and certificates of every kind, made by openssl in a folder of the test's own. */
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export const kinds = {
  "P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  "P-384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
  "P-521": ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
  "RSA 2048": ["rsa:2048"],
  "RSA 1024": ["rsa:1024"],
  Ed25519: ["ed25519"],
} as const;

export interface Made {
  key: string;
  certificate: string;
}

/** @param more arguments of `openssl req` */
export async function make(
  kind: keyof typeof kinds = "P-256",
  more: readonly string[] = ["-days", "90"],
): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-certificate-"));
  try {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const args = ["req", "-x509", "-newkey", ...kinds[kind], "-nodes", "-subj", "/CN=fly-tokens", ...more];
    execFileSync("openssl", [...args, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    return { key: await readFile(key, "utf8"), certificate: await readFile(certificate, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file with these contents, for as long as the test runs. */
export async function pemFile(text: string, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-pem-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "gateway.pem");
  await writeFile(path, text);
  await chmod(path, mode); // whatever the umask is
  return path;
}
