import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { docker } from "../../src/package-managers/docker.ts";
import { npm } from "../../src/package-managers/npm.ts";
import type { PackageManager, Verification } from "../../src/package-managers/package-manager.ts";
import { pip } from "../../src/package-managers/pip.ts";
import { Secret } from "../../src/secret.ts";
import { startRegistry } from "../support/registry.ts";
import { token } from "./place.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Served {
  host: string;
  /** `METHOD path scheme` of each request. */
  log: string[];
}

async function serve(answer: RequestListener): Promise<Served> {
  const log: string[] = [];
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url} ${request.headers.authorization?.split(" ")[0] ?? "-"}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, log };
}

function verify(manager: PackageManager, url: string, value = token): Promise<Verification> {
  return manager.verify({ url, path: "docker", username: "alice", secret: new Secret(value) }, fetch);
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const mayPass = ({ headers }: IncomingMessage) =>
  headers.authorization === `Bearer ${token}` ||
  headers.authorization === `Basic ${Buffer.from(`alice:${token}`).toString("base64")}`;

describe("against the local registry", () => {
  const targets = (url: string): [PackageManager, string][] => [
    [npm, `${url}/artifactory/api/npm/npm/`],
    [pip, `${url}/artifactory/api/pypi/pypi/simple`],
    [docker, new URL(url).host],
  ];

  it("a token of its own works for every package manager", async () => {
    await using registry = await startRegistry();
    const { value, token: view } = await registry.mint();
    for (const [manager, url] of targets(registry.url)) {
      const secret = new Secret(value);
      const found = await manager.verify({ url, path: "docker", username: view.username, secret }, fetch);
      expect(found, manager.id).toMatchObject({ ok: true, status: 200 });
    }
  });

  it("an unknown one is refused by every package manager, with the cause", async () => {
    await using registry = await startRegistry();
    for (const [manager, url] of targets(registry.url)) {
      const found = await verify(manager, url);
      expect(found, manager.id).toMatchObject({
        ok: false,
        status: 401,
        cause: expect.stringMatching(/^401: the registry does not know this token/),
      });
    }
  });
});

describe("npm", () => {
  it("asks who we are", async () => {
    const { host, log } = await serve((request, response) =>
      json(response, mayPass(request) ? 200 : 401, { username: "alice" }),
    );
    expect(await verify(npm, `http://${host}/npm/`)).toEqual({
      ok: true,
      as: "alice",
      status: 200,
      request: `GET http://${host}/npm/-/whoami`,
    });
    expect(log).toEqual(["GET /npm/-/whoami Bearer"]);
  });

  it.each<[string, unknown]>([
    ["no user", {}],
    ["an empty user", { username: "" }],
    ["a list", []],
    ["no JSON object", "hello"],
  ])("takes an answer with %s for none of an npm registry", async (_, body) => {
    const { host } = await serve((_request, response) => json(response, 200, body));
    expect(await verify(npm, `http://${host}/npm/`)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/names no user/),
    });
  });

  it("takes a page of HTML, and an endless answer, for none of an npm registry", async () => {
    const page = await serve((_request, response) => response.end("<html>Sign in</html>"));
    const endless = await serve((_request, response) => {
      const more = () => void (response.destroyed || response.write("x".repeat(65_536), more));
      more();
    });
    for (const { host } of [page, endless])
      expect(await verify(npm, `http://${host}/npm/`)).toMatchObject({
        ok: false,
        cause: expect.stringMatching(/names no user/),
      });
  });

  it("gives the cause when the connection is cut in the middle of the answer", async () => {
    const { host } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("{");
      setImmediate(() => response.destroy());
    });
    expect(await verify(npm, `http://${host}/npm/`)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/could not be reached/),
    });
  });

  it("quotes a hostile user name as data", async () => {
    const { host } = await serve((_request, response) =>
      json(response, 200, { username: "alice\u001b[2J\u202eevil" }),
    );
    expect(await verify(npm, `http://${host}/npm/`)).toMatchObject({ as: "alice [2J evil" });
  });
});

describe("pip", () => {
  it("asks for the root of the index", async () => {
    const { host, log } = await serve((request, response) =>
      response.writeHead(mayPass(request) ? 200 : 401).end("<html></html>"),
    );
    expect(await verify(pip, `http://${host}/simple`)).toEqual({
      ok: true,
      status: 200,
      request: `GET http://${host}/simple/`,
    });
    expect(log).toEqual(["GET /simple/ Basic"]);
  });

  it("takes a missing root page for no refusal where strangers are turned away", async () => {
    const { host } = await serve((request, response) =>
      response.writeHead(mayPass(request) ? 404 : 401).end(),
    );
    expect(await verify(pip, `http://${host}/simple`)).toMatchObject({ ok: true, status: 404 });
  });

  it("takes a page that nobody gets for a wrong path", async () => {
    const { host } = await serve((_request, response) => response.writeHead(404).end());
    expect(await verify(pip, `http://${host}/simple`)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/^404: .*path or repository key/),
    });
  });
});

describe("docker", () => {
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
  const granted = {
    sub: "alice",
    access: [{ type: "repository", name: "docker/fly-tokens-probe", actions: ["pull"] }],
  };

  /** A registry whose logins happen at `realm`, and end in this token. */
  function bearer(issued: string, realm = (host: string) => `http://${host}/token`) {
    return serve((request, response) => {
      const host = request.headers.host ?? "";
      if (request.url?.startsWith("/token"))
        return json(response, mayPass(request) ? 200 : 401, { token: issued });
      const known = request.headers.authorization === `Bearer ${issued}`;
      return json(
        response,
        known ? 200 : 401,
        {},
        { "www-authenticate": `Bearer realm="${realm(host)}",service="fly",scope="x"` },
      );
    });
  }

  it("logs in as docker does: challenge, token, then the token", async () => {
    const { host, log } = await bearer(jwt(granted));
    expect(await verify(docker, host)).toEqual({
      ok: true,
      as: "alice",
      status: 200,
      request: `GET http://${host}/v2/`,
    });
    expect(log).toEqual([
      "GET /v2/ -",
      "GET /token?service=fly&scope=repository%3Adocker%2Ffly-tokens-probe%3Apull%2Cpush Basic",
      "GET /v2/ Bearer",
    ]);
  });

  it("works with a token that is no JWT", async () => {
    const { host } = await bearer("opaque");
    expect(await verify(docker, host)).toMatchObject({ ok: true, status: 200 });
  });

  it("finds a login that grants nothing", async () => {
    const { host } = await bearer(jwt({ access: [] }));
    expect(await verify(docker, host)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/lets it pull nothing below docker/),
    });
  });

  it.each([
    ["another host", () => "https://auth.example/token"],
    ["another port", () => "http://127.0.0.1:1/token"],
    ["a name that begins alike", (host: string) => `http://${host}.evil.example/token`],
    ["another scheme", (host: string) => `https://${host}/token`],
    ["no URL", () => "token"],
  ])("sends nothing to a realm at %s", async (_, realm) => {
    const { host, log } = await bearer("opaque", realm);
    expect(await verify(docker, host)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/was not sent there/),
    });
    expect(log).toEqual(["GET /v2/ -"]);
  });

  it("logs in at the token's issuer, where the registry sends it there and nowhere else", async () => {
    const elsewhere = await serve((_request, response) => json(response, 200, { token: "opaque" }));
    const { host, log } = await bearer("opaque", () => `http://${elsewhere.host}/token`);
    const ask = (issuer: string) =>
      docker.verify({ url: host, issuer, username: "alice", secret: new Secret(token) }, fetch);
    expect(await ask(`http://${elsewhere.host}`)).toMatchObject({ ok: true, status: 200 });
    expect(elsewhere.log).toEqual([
      "GET /token?service=fly&scope=repository%3Afly-tokens-probe%3Apull%2Cpush Basic",
    ]);
    expect(log).toEqual(["GET /v2/ -", "GET /v2/ Bearer"]);
    elsewhere.log.length = 0;
    expect(await ask("http://127.0.0.1:1")).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/was not sent there/),
    });
    expect(elsewhere.log).toEqual([]);
  });

  it("says so when the login answers without a token", async () => {
    const { host } = await bearer("");
    expect(await verify(docker, host)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/gave no token/),
    });
  });

  it("sends user and password where the registry asks for Basic alone", async () => {
    const { host, log } = await serve((request, response) =>
      json(response, mayPass(request) ? 200 : 401, {}, { "www-authenticate": 'Basic realm="fly"' }),
    );
    expect(await verify(docker, host)).toMatchObject({ ok: true, status: 200 });
    expect(await verify(docker, host, "wrong-token")).toMatchObject({ ok: false, status: 401 });
    expect(log).toEqual(["GET /v2/ -", "GET /v2/ Basic", "GET /v2/ -", "GET /v2/ Basic"]);
  });
});

describe.each<[PackageManager, (host: string) => string]>([
  [npm, (host) => `http://${host}/npm/`],
  [pip, (host) => `http://${host}/simple`],
  [docker, (host) => host],
])("every refusal has a cause: $id", (manager, urlOf) => {
  it.each([
    [403, /^403: the registry knows the token but/],
    [404, /^404: /],
    [418, /^418: not the answer of a registry/],
    [429, /^429: .* try again later/],
    [503, /^503: .* fault of its own/],
  ])("%d", async (status, cause) => {
    const { host } = await serve((_request, response) => response.writeHead(status).end());
    expect(await verify(manager, urlOf(host))).toMatchObject({
      ok: false,
      status,
      cause: expect.stringMatching(cause),
    });
  });

  it("a redirect is not followed", async () => {
    const elsewhere = await serve((_request, response) => response.end());
    const { host } = await serve((_request, response) =>
      response.writeHead(302, { location: `http://${elsewhere.host}/` }).end(),
    );
    expect(await verify(manager, urlOf(host))).toMatchObject({
      ok: false,
      cause: `302: the registry redirects to ${elsewhere.host}; a token is not sent along.`,
    });
    expect(elsewhere.log).toEqual([]);
  });

  it("a connection that is cut, or not there", async () => {
    const { host } = await serve((request) => request.socket.destroy());
    expect(await verify(manager, urlOf(host))).toMatchObject({
      ok: false,
      cause: `${host} could not be reached: the connection was cut.`,
    });
    expect(await verify(manager, urlOf("127.0.0.1:1"))).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/nothing listens there|could not be reached/),
    });
  });

  it("a registry that does not answer in time", async () => {
    const late = () =>
      Promise.reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    const found = await manager.verify(
      { url: urlOf("127.0.0.1:1"), username: "alice", secret: new Secret(token) },
      late,
    );
    expect(found).toMatchObject({ ok: false, cause: "127.0.0.1:1 did not answer within 15 seconds." });
  });

  it("another machine over plain http gets nothing", async () => {
    if (manager.ecosystem === "docker") return;
    const found = await verify(manager, urlOf("acme.example"));
    expect(found).toMatchObject({ ok: false, cause: expect.stringMatching(/^Nothing was sent: /) });
  });
});
