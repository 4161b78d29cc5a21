/** The key that signs tokens for a docker registry, and the certificate by which that registry knows them as ours. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { Problem } from "../../../problem.ts";

export interface SigningKey {
  key: KeyObject;
  alg: "ES256" | "ES384" | "RS256";
  /** Of the header `x5c`: DER in base64, the key's own certificate first. */
  chain: readonly string[];
  /** When the docker registry stops accepting it. */
  expires: Date;
}

const setting = "FLY_TOKENS_GATEWAY_CERTIFICATE";
const recipe =
  "`umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj /CN=fly-tokens -keyout gateway.pem -out gateway.crt && cat gateway.crt >> gateway.pem`";
const makeOne = `Make one with ${recipe}, name gateway.pem in ${setting}, and give gateway.crt to the docker registry as its rootcertbundle.`;

/**
 * Reads a PEM file with a private key and its certificate; certificates between that one and the registry's root may follow.
 * @throws Problem `not_configured`, `file_unreadable`, `unsafe_location`; nothing of the file is in it
 */
export async function readSigningKey(path: string | undefined, now: Date): Promise<SigningKey> {
  if (path === undefined)
    throw new Problem(
      "not_configured",
      `FLY_TOKENS_GATEWAY names a docker registry, and ${setting} no key to sign tokens for it.`,
      makeOne,
    );
  const blocks = blocksOf(await read(path));
  const key = privateKey(blocks);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ pem }) => parsed(pem));
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (!own)
    throw unfit(
      certificates.length === 0
        ? "has no certificate beside the key"
        : "has a certificate that does not belong to its key",
    );
  const expires = new Date(own.validTo);
  if (expires <= now) throw unfit(`has a certificate that has expired (${own.validTo})`);
  if (new Date(own.validFrom) > now)
    throw unfit(`has a certificate that is not valid yet (${own.validFrom})`);
  const others = certificates.filter((certificate) => certificate !== own);
  const chain = [own, ...others].map(({ raw }) => raw.toString("base64"));
  return { key, alg: algorithmOf(key), chain, expires };
}

async function read(path: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    // A group may read it: that is how clusters hand secrets to a process that is not root.
    if (process.platform !== "win32" && (mode & 0o027) !== 0)
      throw new Problem(
        "unsafe_location",
        `The file of ${setting} can be read or changed by others on this machine (mode ${(mode & 0o777).toString(8)}).`,
        "Make it the registry's own: `chmod 600` it; if others have used this machine, make a new key.",
      );
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Problem(
      "file_unreadable",
      `The file of ${setting} ${code === "ENOENT" ? "is not there" : `could not be read (${code})`}.`,
      code === "ENOENT"
        ? makeOne
        : "Give its absolute path, and let the user that runs the registry read it.",
      { cause: error },
    );
  }
}

function blocksOf(text: string): { label: string; pem: string }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g)].map(
    ([pem, label = ""]) => ({ label, pem }),
  );
}

function privateKey(blocks: readonly { label: string; pem: string }[]): KeyObject {
  const found = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [block] = found;
  if (!block) throw unfit("has no private key");
  if (found.length > 1) throw unfit("has more than one private key");
  if (block.label.startsWith("ENCRYPTED") || block.pem.includes("Proc-Type"))
    throw unfit("has a key that is encrypted, and nobody is here to type its password");
  try {
    return createPrivateKey(block.pem);
  } catch {
    throw unfit("has a private key that cannot be read"); // the cause might quote it
  }
}

function parsed(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw unfit("has a certificate that cannot be read");
  }
}

function algorithmOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): SigningKey["alg"] {
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ES256";
  if (type === "ec" && details?.namedCurve === "secp384r1") return "ES384";
  if (type === "rsa" && (details?.modulusLength ?? 0) >= 2048) return "RS256";
  throw unfit(
    "has a key that is too weak, or of a kind that docker registries do not take (EC P-256 or P-384, RSA from 2048 bits)",
  );
}

function unfit(why: string): Problem {
  return new Problem("not_configured", `The file of ${setting} ${why}.`, makeOne);
}
