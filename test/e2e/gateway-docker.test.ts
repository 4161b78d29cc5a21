/** A team's docker registry with the tokens of `fly-tokens registry`: Debian's docker-registry, and the clients that people have. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { readSigningKey, type SigningKey } from "../../src/registry/gateway/docker/certificate.ts";
import { accessOf, signFor } from "../../src/registry/gateway/docker/tokens.ts";
import { type kinds, make } from "../registry/gateway-docker/certificates.ts";
import { freePort } from "../support/free-port.ts";
import { type Agent, agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, mint, restore, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";
import { type DockerRegistry, gatewayCertificate, startDockerRegistry } from "./servers/docker-registry.ts";
import { fail, images, succeed } from "./wares.ts";

const bearer = "a-bearer-for-the-events-of-this-test";
const imageType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const patience = { timeout: 20_000, interval: 100 };

interface Team extends AsyncDisposable {
  machine: Machine;
  /** The team's registry, where clients go. */
  store: DockerRegistry;
  agent: Agent;
  pem: string;
  images: ReturnType<typeof images>;
  /** What the token service answers for a login. */
  token(login: { username: string; token: string }, scope: string): Promise<Response>;
  /** Kills the token service. */
  stopRegistry(): Promise<void>;
}

/** A machine with both registries, and an agent. */
async function openTeam(): Promise<Team> {
  const machine = await openMachine();
  const { pem, certificate } = gatewayCertificate(machine.path);
  const port = await freePort();
  Object.assign(machine.env, {
    FLY_TOKENS_GATEWAY: `docker=http://127.0.0.1:${port}`,
    FLY_TOKENS_GATEWAY_CERTIFICATE: pem,
    FLY_TOKENS_GATEWAY_EVENTS: bearer,
  });
  const registry = await machine.registry();
  const events = { url: `${machine.url}/fly/api/v1/gateway/docker/events`, bearer };
  const store = await startDockerRegistry({ port, tokens: machine.url, trusted: [certificate], events });
  const agent = await agentOn(machine);
  return {
    machine,
    store,
    agent,
    pem,
    images: images({ ...machine, host: store.host }),
    token: ({ username, token }, scope) =>
      fetch(`${machine.url}/v2/token?${new URLSearchParams({ service: store.host, scope })}`, {
        headers: { authorization: `Basic ${Buffer.from(`${username}:${token}`).toString("base64")}` },
      }),
    async stopRegistry() {
      registry.child.kill("SIGKILL");
      await registry.ended;
    },
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    },
  };
}

async function jwtOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  expect(response.status).toBe(200);
  return ((await response.json()) as { token: string }).token;
}

const claimsOf = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as { iat: number; exp: number };

const at = (store: DockerRegistry, path: string, jwt: string, init: RequestInit = {}) =>
  fetch(`http://${store.host}/v2/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${jwt}`, accept: `${imageType}, ${indexType}`, ...init.headers },
  });

interface Environment {
  running: { image: string; tag?: string; digest: string }[];
  drift: { image: string; behind: number }[];
  history: { image: string; tag?: string; digest: string; token_id: string }[];
}

async function production(agent: Agent): Promise<Environment> {
  const { data } = await agent.call("describe_environment", { name: "production" });
  return (data.environments as Environment[])[0] ?? { running: [], drift: [], history: [] };
}

describeWith(
  ["docker-registry", "docker", "skopeo", "umoci", "openssl"],
  "docker-registry behind the gateway",
  () => {
    test("docker and skopeo, set up by the agent, push, read, list and delete there, as far as the token lets them", async () => {
      await using team = await openTeam();
      const { machine, agent, store } = team;
      const { push, pull, inspect } = team.images;
      const skopeo = (command: string, image: string) =>
        machine.run("skopeo", [
          ...command.split(" "),
          "--tls-verify=false",
          `docker://${store.host}/${image}`,
        ]);

      const writer = await setUp(agent, "docker", { permission: "read_write" });
      expect(await machine.read(".docker/config.json")).toContain(store.host);
      await succeed(push("1.0", "org/hello:1.0"));
      await succeed(push("2.0", "org/hello:2.0"));
      await succeed(pull("org/hello:1.0", "back"));
      expect(JSON.parse(await succeed(inspect("org/hello:1.0")))).toMatchObject({ schemaVersion: 2 });
      expect(JSON.parse(await succeed(skopeo("list-tags", "org/hello"))).Tags.sort()).toEqual(["1.0", "2.0"]);
      await succeed(skopeo("delete", "org/hello:2.0"));
      expect(await fail(inspect("org/hello:2.0"))).toMatch(/no such manifest|manifest unknown/);

      const reader = await setUp(agent, "docker");
      await succeed(pull("org/hello:1.0", "again"));
      expect(await fail(push("3.0", "org/hello:3.0"))).toMatch(/denied|unauthorized|authentication required/);
      expect(await fail(skopeo("delete", "org/hello:1.0"))).toMatch(/401|denied|unauthorized/i);
      await succeed(inspect("org/hello:1.0"));
      expect(await check(agent, "docker")).toMatch(
        /^docker: works\n.*read_only \(it may not publish or push\), active/s,
      );

      await revoke(agent, [reader, writer]);
      expect(await fail(pull("org/hello:1.0", "third"))).toMatch(/unauthorized|invalid username/);
      expect(await fail(inspect("org/hello:1.0"))).toMatch(/unauthorized|authentication required/);
      expect(await check(agent, "docker")).toMatch(/does not work: the token .+ is revoked/);
      await restore(agent, "docker");
      await restore(agent, "docker");
      expect(await machine.read(".docker/config.json")).toBeNull();
    });

    test("podman and helm are set up there, too, and skopeo needs no switch", async () => {
      await using team = await openTeam();
      const { machine, agent, store } = team;
      await setUp(agent, "podman", { permission: "read_write" });
      await succeed(team.images.push("1.0", "hello:1.0"));
      await succeed(machine.run("skopeo", ["inspect", "--raw", `docker://${store.host}/hello:1.0`]));
      await setUp(agent, "helm");
      expect(await check(agent, "podman")).toMatch(/^podman: works/);
      expect(await check(agent, "helm")).toMatch(/^helm: works/);
    });

    test("docker login and skopeo login by hand: with a token, and not with a wrong, a revoked one, or a user's key", async () => {
      await using team = await openTeam();
      const { machine, agent, store } = team;
      const { id, token } = await mint(agent, "read_only");
      await machine.write(".docker/config.json", '{"auths":{"placeholder.invalid":{}}}');
      const login = (program: "docker" | "skopeo", password: string) =>
        machine.run(
          program,
          [
            "login",
            ...(program === "skopeo" ? ["--tls-verify=false"] : []),
            "-u",
            "admin",
            "--password-stdin",
            store.host,
          ],
          { input: password },
        );
      const key = ((await machine.read("fly-tokens/data/registry/admin-key")) ?? "").trim();
      for (const program of ["docker", "skopeo"] as const) {
        expect(await succeed(login(program, token))).toMatch(/Login Succeeded/);
        for (const wrong of ["wrong", key]) await fail(login(program, wrong));
      }
      await revoke(agent, [id]);
      for (const program of ["docker", "skopeo"] as const)
        expect(await fail(login(program, token))).toMatch(/unauthorized|invalid username/);
    });

    test("what is pulled with an environment's token runs there, and a push puts it behind", async () => {
      await using team = await openTeam();
      const { agent } = team;
      const { push, pull, digest } = team.images;
      await setUp(agent, "docker", { permission: "read_write" });
      await agent.call("create_environment", { name: "production" });
      const deployer = await mint(agent, "read_only", { environment: "production" });
      await succeed(push("1.0", "org/hello:1.0"));
      await succeed(pull("org/hello:1.0", "deployed", `${deployer.username}:${deployer.token}`));
      await vi.waitFor(async () => {
        const { running, drift, history } = await production(agent);
        expect(running).toMatchObject([{ image: "org/hello", tag: "1.0" }]);
        expect(drift).toMatchObject([{ image: "org/hello", behind: 0 }]);
        expect(history).toMatchObject([{ token_id: deployer.id }]);
      }, patience);
      expect((await production(agent)).running[0]?.digest).toBe(await digest("org/hello:1.0"));
      await succeed(push("2.0", "org/hello:2.0"));
      await vi.waitFor(
        async () =>
          expect((await production(agent)).drift).toMatchObject([{ image: "org/hello", behind: 1 }]),
        patience,
      );
    });

    test("an image for several platforms is one deployment, and a question (HEAD) is none", async () => {
      await using team = await openTeam();
      const { agent, store } = team;
      await setUp(agent, "docker", { permission: "read_write" });
      await agent.call("create_environment", { name: "production" });
      const writer = await mint(agent, "read_write");
      const deployer = await mint(agent, "read_only", { environment: "production" });
      await succeed(team.images.push("1.0", "hello:amd64"));
      const pushing = await jwtOf(team.token(writer, "repository:hello:pull,push"));
      const manifest = await (await at(store, "hello/manifests/amd64", pushing)).text();
      const child = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
      const entry = {
        mediaType: imageType,
        digest: child,
        size: manifest.length,
        platform: { os: "linux", architecture: "amd64" },
      };
      const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [entry] });
      const headers = { "content-type": indexType };
      expect((await at(store, "hello/manifests/1.0", pushing, { method: "PUT", body, headers })).status).toBe(
        201,
      );

      const pulling = await jwtOf(team.token(deployer, "repository:hello:pull"));
      const index = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      for (const [method, reference] of [
        ["HEAD", "1.0"],
        ["GET", index],
        ["GET", child],
        ["GET", "amd64"],
      ] as const)
        expect((await at(store, `hello/manifests/${reference}`, pulling, { method })).status).toBe(200);
      await vi.waitFor(async () => {
        const { history } = await production(agent);
        expect(history[0]).toMatchObject({ tag: "amd64" }); // the last event has come
        expect(history.slice(1)).toMatchObject([{ tag: "1.0", digest: index }]);
      }, patience);
    });

    test("what happened while the registry here was away is reported afterwards, and counts once", async () => {
      await using team = await openTeam();
      const { agent, store, machine } = team;
      await setUp(agent, "docker", { permission: "read_write" });
      await agent.call("create_environment", { name: "production" });
      const deployer = await mint(agent, "read_only", { environment: "production" });
      await succeed(team.images.push("1.0", "hello:1.0"));
      const jwt = await jwtOf(team.token(deployer, "repository:hello:pull"));
      await team.stopRegistry();
      expect((await at(store, "hello/manifests/1.0", jwt)).status).toBe(200);
      await vi.waitFor(() => expect(store.log()).toMatch(/retryingsink: error writing events/), patience);
      await machine.registry();
      await vi.waitFor(async () => expect((await production(agent)).history).toHaveLength(1), patience);
    });

    test("after a revocation no JWT is issued any more; one that was lives for a minute, and docker-registry forgives another for clocks", async () => {
      await using team = await openTeam();
      const { agent, store, pem } = team;
      await setUp(agent, "docker", { permission: "read_write" });
      await succeed(team.images.push("1.0", "hello:1.0"));
      const reader = await mint(agent, "read_only");
      const scope = "repository:hello:pull";
      const old = await jwtOf(team.token(reader, scope));
      await revoke(agent, [reader.id]);
      expect((await team.token(reader, scope)).status).toBe(401);
      const { iat, exp } = claimsOf(old);
      expect(exp - iat).toBeLessThanOrEqual(60);
      expect(exp * 1000 - Date.now()).toBeLessThanOrEqual(60_000);

      // Its clock cannot be turned, so its end is seen with tokens that were issued in the past.
      const signing = await readSigningKey(pem, new Date());
      const issued = async (secondsAgo: number) =>
        (await at(store, "hello/manifests/1.0", await signed(store, signing, secondsAgo))).status;
      expect([await issued(0), await issued(90), await issued(130)]).toEqual([200, 200, 401]);
    });
  },
);

async function signed(store: { host: string }, signing: SigningKey, secondsAgo: number): Promise<string> {
  const token = { id: "tok_00000000000000000000", expires_at: null };
  const issued = new Date(Date.now() - secondsAgo * 1000);
  const access = accessOf(["repository:hello:pull"], "read_only");
  return (await signFor(token, access, store.host, signing, issued)).value;
}

describeWith(["docker-registry", "openssl"], "docker-registry's trust", () => {
  test("is for the keys of its bundle, of each kind, so that one follows the other; and for no other key", async () => {
    await using machine = await openMachine();
    const port = await freePort();
    const certificates = [];
    const keys: SigningKey[] = [];
    for (const kind of ["P-256", "P-384", "RSA 2048", "P-256"] satisfies (keyof typeof kinds)[]) {
      const { key, certificate } = await make(kind);
      const name = machine.at(`gateway-${keys.length}`);
      await writeFile(`${name}.crt`, certificate);
      await writeFile(`${name}.pem`, key + certificate, { mode: 0o600 });
      certificates.push(`${name}.crt`);
      keys.push(await readSigningKey(`${name}.pem`, new Date(Date.now() + 2000)));
    }
    await using store = await startDockerRegistry({
      port,
      tokens: machine.url,
      trusted: certificates.slice(0, 3),
    });
    const statuses = [];
    for (const key of keys) statuses.push((await at(store, "", await signed(store, key, 0))).status);
    expect(statuses).toEqual([200, 200, 200, 401]);
    for (const wrong of ["flyt_x", "e30.e30.e30"]) expect((await at(store, "", wrong)).status).toBe(401);
  });

  test("reaches a key whose certificate an authority of the team's has signed, over what lies between", async () => {
    await using machine = await openMachine();
    const port = await freePort();
    const request = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    await machine.write("authority.ext", "basicConstraints=critical,CA:TRUE\n");
    for (const command of [
      `req -x509 ${request} -days 90 -subj /CN=root -keyout root.key -out root.crt`,
      `req ${request} -subj /CN=between -keyout between.key -out between.csr`,
      "x509 -req -in between.csr -CA root.crt -CAkey root.key -CAcreateserial -days 60 -extfile authority.ext -out between.crt",
      `req ${request} -subj /CN=fly-tokens -keyout own.key -out own.csr`,
      "x509 -req -in own.csr -CA between.crt -CAkey between.key -CAcreateserial -days 60 -out own.crt",
    ])
      await succeed(machine.run("openssl", command));
    const parts = await Promise.all(["own.key", "own.crt", "between.crt"].map((name) => machine.read(name)));
    await machine.write("gateway.pem", parts.join(""));
    const signing = await readSigningKey(machine.at("gateway.pem"), new Date(Date.now() + 2000));
    await using store = await startDockerRegistry({
      port,
      tokens: machine.url,
      trusted: [machine.at("root.crt")],
    });
    expect((await at(store, "", await signed(store, signing, 0))).status).toBe(200);
  });
});
