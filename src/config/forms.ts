/** The forms of settings: the same for a text of the environment and a value of the file. */
import * as z from "zod";
import { Secret } from "../secret.ts";

export const flag = () => z.union([z.boolean(), z.stringbool()]);
export const secret = (shortest = 1) =>
  z
    .string()
    .min(shortest)
    .transform((text) => new Secret(text));

/** For a key that everything hangs on: what is typed as a placeholder is none. */
export const key = (shortest: number) =>
  z
    .string()
    .min(shortest)
    // Of 32 random digits one in a hundred million times as few are different.
    .refine((text) => new Set(text).size >= 6, "it is not random: take `openssl rand -hex 32`")
    .transform((text) => new Secret(text));
export const list = () =>
  z.union([
    z.array(z.string()),
    z.string().transform((text) =>
      text
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean),
    ),
  ]);
export const url = () =>
  z
    .url({ protocol: /^https?$/ })
    .refine(isPlain, "a URL here has no user name, password, query or fragment")
    .transform((text) => text.replace(/\/+$/, ""));

export const repositoryKey = () =>
  z.string().regex(/^[\w.-]{1,64}$/, "a repository key has letters, digits and _.- only");

const caller = () =>
  z.object({
    /** Of the bearer, in hex: 256 random bits need no slow hash. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex"),
    scopes: z.array(z.string().regex(/^[\w.:-]+$/)).min(1),
  });

/** In the file an object; in the environment NAME=SHA256:SCOPE+SCOPE. */
export const callers = () =>
  z.union(
    [
      z.record(z.string(), caller()),
      z
        .string()
        // Of two lines the first would be gone without a word, and its bearer with it.
        .refine((text) => namesIn(text).length === Object.keys(pairs(text)).length)
        .transform((text) =>
          Object.fromEntries(
            Object.entries(pairs(text)).map(([name, said]) => {
              const [sha256 = "", ...scopes] = said.split(/:(.*)/s).filter(Boolean);
              return [name, { sha256, scopes: scopes.join("").split("+").filter(Boolean) }];
            }),
          ),
        )
        .pipe(z.record(z.string(), caller())),
    ],
    "NAME=SHA256:SCOPE+SCOPE, each name once",
  );

/** HOST:PORT; of IPv6 in brackets, as URLs have it. */
export const listenAt = () =>
  z
    .string()
    .regex(/^([a-z0-9.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/i, "HOST:PORT, or [HOST]:PORT of IPv6")
    .refine((text) => URL.canParse(`http://${text}`), "HOST:PORT, with a port up to 65535")
    .transform((text) => {
      const { hostname, port } = new URL(`http://${text}`);
      return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
    });

/** As libpq understands it. */
export const databaseUrl = () =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol),
      "postgres://USER:PASSWORD@HOST/DATABASE",
    )
    .transform((text) => new Secret(text));

/** `s3://bucket/prefix` */
export const bucketUrl = () =>
  z
    .string()
    .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w.\-/]*)?$/, "s3://BUCKET/PREFIX")
    .transform((text) => {
      const { hostname: bucket, pathname } = new URL(text);
      const prefix = pathname.replace(/^\/+|\/+$/g, "");
      return { bucket, prefix: prefix && `${prefix}/` };
    });

const upstream = () =>
  z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/[?#]/.test(text), "a registry's URL has no query or fragment")
    .refine(isDecodable, "a percent sign in a URL is written %25")
    .refine(isSendable, "a token has only printable ASCII characters, and a user name no colon")
    .transform((text) => new Secret(text.replace(/\/+$/, ""), credentialsIn(text)));

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}

/** `:token@` goes into a header as it is; in Basic the first colon ends the user name (RFC 7617). */
function isSendable(text: string): boolean {
  if (!URL.canParse(text) || !isDecodable(text)) return true;
  const { username, password } = new URL(text);
  return username === "" ? /^[ -~]*$/.test(decodeURIComponent(password)) : !/:|%3a/i.test(username);
}

/** What nobody may read of an address: an address without a credential stands in ordinary text. */
function credentialsIn(text: string): string[] {
  const { username, password } = new URL(text);
  if (!username && !password) return [];
  const long = [password, decodeURIComponent(password)].filter((part) => part.length >= 8);
  return [`//${username}${password && `:${password}`}@`, ...long];
}

/** `npm=https://…,docker=https://…`; each may carry a credential. */
export const upstreams = () => {
  const each = z.strictObject({
    npm: upstream().optional(),
    pypi: upstream().optional(),
    docker: upstream().optional(),
  });
  return z.union([
    each,
    z
      .string()
      .transform((text): z.input<typeof each> => pairs(text))
      .pipe(each),
  ]);
};

export const endpoints = () =>
  z.union([z.record(z.string(), url()), z.string().transform(pairs).pipe(z.record(z.string(), url()))]);

/** `go=https://…,cargo=https://…` */
export function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => part.split(/=(.*)/s, 2).map((word) => word.trim())),
  );
}

function namesIn(text: string): string[] {
  return text.split(",").filter((part) => part.trim() !== "");
}

function isPlain(text: string): boolean {
  return URL.canParse(text) && !/[@?#]/.test(text);
}
