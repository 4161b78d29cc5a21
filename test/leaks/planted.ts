/** Values of every form, as their issuers make them, and what package managers make of them. */
import { randomBytes, randomInt } from "node:crypto";
import { formatHeader } from "../../src/macaroon/header.ts";
import { mint } from "../../src/macaroon/mint.ts";
import { makeCredential } from "../../src/registry/credential.ts";
import { signed } from "../fakes/jfrog/claims.ts";
import { referenceToken, serviceId } from "../fakes/jfrog/ids.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random, with a digit in it as nearly every real one has. */
export function letters(length: number): string {
  const text = Array.from({ length: length - 2 }, () => digits.charAt(randomInt(62))).join("");
  return `${text.slice(0, 9)}7${text.slice(9)}q`;
}

const caveats = [{ type: "Organization", body: { id: 1, mask: "rwcdC" } }];
const header = () =>
  formatHeader([0, 1].map(() => mint({ key: randomBytes(32), nonce: { kid: randomBytes(16) }, caveats })));

export const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A new value of each kind, by what it is to be called. */
export const planted: Record<string, () => { kind: string; value: string }> = {
  "token of the registry": () => ({ kind: "token of the local registry", value: makeCredential("token") }),
  "key of the registry": () => ({ kind: "user's key of the local registry", value: makeCredential("key") }),
  "bag of macaroons": () => ({ kind: "Fly.io token", value: header().replace("FlyV1 ", "") }),
  macaroon: () => ({ kind: "Fly.io token", value: header().split(",")[1] ?? "" }),
  "old macaroon": () => ({
    kind: "Fly.io token",
    value: (header().split(",")[1] ?? "").replace("fm2_", "fm1r_"),
  }),
  session: () => ({ kind: "Fly.io user's session", value: `fo1_${letters(43)}` }),
  JWT: () => {
    const iss = serviceId();
    return {
      kind: "JFrog access token",
      value: signed({
        sub: `${iss}/users/bob`,
        scp: "applied-permissions/user",
        aud: "*@*",
        iss,
        iat: 1,
        jti: "1",
      }),
    };
  },
  reference: () => ({ kind: "JFrog reference token", value: referenceToken(undefined) }),
  "API key": () => ({ kind: "JFrog API key", value: `AKCp${letters(69)}` }),
  npm: () => ({ kind: "npm token", value: `npm_${letters(36)}` }),
  PyPI: () => ({ kind: "PyPI token", value: `pypi-AgEIcHlwaS5vcmc${letters(120)}` }),
  GitHub: () => ({ kind: "GitHub token", value: `ghp_${letters(36)}` }),
  "GitHub's app": () => ({ kind: "GitHub token", value: `ghs_${letters(36)}` }),
  "GitHub, fine": () => ({ kind: "GitHub token", value: `github_pat_${letters(22)}_${letters(59)}` }),
  GitLab: () => ({ kind: "GitLab token", value: `glpat-${letters(20)}` }),
  "Docker Hub": () => ({ kind: "Docker Hub token", value: `dckr_pat_${letters(27)}` }),
};

/** How a value stands in a file: the line of it, and in which column a person sees it begin. */
export const encodings: Record<string, (value: string) => { line: string; column: number }> = {
  ".npmrc": (value) => behind("//npm.example/:_authToken=", value),
  "a shell": (value) => behind('export TOKEN="', value, '"'),
  "a URL": (value) => behind("index-url = https://bob:", encodeURIComponent(value), "@pypi.example/simple"),
  "a query": (value) => behind("see https://a.example/?auth=bob%3A", encodeURIComponent(value), "&x=%20"),
  "JSON in a text": (value) => behind('"first\\n', value, '\\n"'),
  "behind a character of four bytes": (value) => behind("ключ 🔑: ", value),
  "a header": (value) => behind("Authorization: FlyV1 ", value),
  "docker's auth": (value) => behind('"auth": "', base64(`admin:${value}`), '"'),
  "npm's _password": (value) => behind("//npm.example/:_password=", base64(value)),
  "base64 of a URL": (value) => behind("x=", Buffer.from(`?>>${value}`).toString("base64url")),
  "a manifest": (value) =>
    behind(
      "  .dockerconfigjson: ",
      base64(JSON.stringify({ auths: { "a.example": { auth: base64(`bob:${value}`) } } })),
    ),
  "encoded and put into a URL": (value) =>
    behind("https://a.example/?auth=", encodeURIComponent(base64(`a:${value}?`)), "%3D&b=c"),
};

function behind(before: string, value: string, after = "") {
  return { line: `${before}${value}${after}`, column: [...before].length + 1 };
}
