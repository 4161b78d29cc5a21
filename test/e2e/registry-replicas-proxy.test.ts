/** Two replicas behind nginx with TLS, and the clients that people have, who know the proxy's address alone. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, mint, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";
import { describeTeam, openTeam } from "./team.ts";
import { fail, images, npmPackage, succeed, twineUpload } from "./wares.ts";

/** A certificate that nobody has signed but itself, for localhost. */
async function certify({ at, run }: Machine): Promise<{ key: string; certificate: string }> {
  const [key, certificate] = [at("tls.key"), at("tls.crt")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await succeed(run("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", certificate]));
  return { key, certificate };
}

/** As docs/replicas.md has it. @param hosts of the replicas */
function configuration(folder: string, port: number, hosts: string[], key: string, certificate: string) {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `
worker_processes 1;
daemon off;
pid ${folder}/pid;
events {}
http {
  ${scratch.join("\n  ")}
  access_log off;
  upstream registry {
    ${hosts.map((host) => `server ${host};`).join("\n    ")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    client_max_body_size 0;
    location / {
      proxy_pass http://registry;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_request_buffering off;
      proxy_buffering off;
    }
  }
}
`;
}

/** A machine whose clients trust the proxy's certificate, and the two replicas behind it. */
async function openOffice() {
  const machine = await openMachine({ FLY_TOKENS_LOCAL_URL: `https://localhost:${await freePort()}` });
  try {
    const { key, certificate } = await certify(machine);
    const team = await openTeam({
      FLY_TOKENS_LOCAL_URL: machine.url,
      FLY_TOKENS_REGISTRY_LISTEN: "127.0.0.1:0",
      FLY_TOKENS_NPM_UPSTREAM: "off",
      FLY_TOKENS_PYPI_UPSTREAM: "off",
    });
    const folder = machine.at("nginx");
    await mkdir(folder);
    const hosts = team.replicas.map(({ url }) => new URL(url).host);
    const text = configuration(folder, Number(new URL(machine.url).port), hosts, key, certificate);
    await writeFile(machine.at("nginx.conf"), text);
    const nginx = machine.start("nginx", [
      "-p",
      folder,
      "-e",
      machine.at("nginx.log"),
      "-c",
      machine.at("nginx.conf"),
    ]);
    Object.assign(machine.env, {
      FLY_TOKENS_LOCAL_KEY: team.replicas[0].adminKey,
      NODE_EXTRA_CA_CERTS: certificate,
      NPM_CONFIG_CAFILE: certificate,
      PIP_CERT: certificate,
      REQUESTS_CA_BUNDLE: certificate,
      SSL_CERT_FILE: certificate,
    });
    const curl = ["--silent", "--fail", "--retry", "50", "--retry-connrefused", "--retry-delay", "0"];
    await succeed(machine.run("curl", [...curl, "--cacert", certificate, `${machine.url}/fly/api/v1/ready`]));
    return {
      machine,
      team,
      async [Symbol.asyncDispose]() {
        nginx.child.kill("SIGTERM");
        await nginx.ended;
        await team[Symbol.asyncDispose]();
        await machine[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

describeTeam("behind a proxy with TLS", () => {
  describeWith(["nginx", "openssl", "curl", "npm"], "npm", () => {
    test("publishes and installs with what an agent set up, and is refused when its token is revoked", async () => {
      await using office = await openOffice();
      const { machine } = office;
      await using agent = await agentOn(machine);
      const id = await setUp(agent, "npm", { permission: "read_write" });
      await succeed(machine.run("npm", "publish", { cwd: await npmPackage(machine, "hello", "1.0.0") }));
      const app = await npmPackage(machine, "app", "1.0.0");
      await succeed(machine.run("npm", "install hello", { cwd: app }));
      expect(await machine.read("packages/app/node_modules/hello/index.js")).toBe("// hello 1.0.0\n");
      // Where the tarball is: what every other checkout will load.
      expect(await machine.read("packages/app/package-lock.json")).toContain(
        `${machine.url}/artifactory/api/npm/npm/hello/-/hello-1.0.0.tgz`,
      );
      expect(await check(agent, "npm")).toContain("npm: works");
      await revoke(agent, [id]);
      expect(await fail(machine.run("npm", "whoami"))).toContain("E401");
    });
  });

  describeWith(["nginx", "openssl", "curl", "pip", "twine", "python3"], "pip and twine", () => {
    test("upload and install", async () => {
      await using office = await openOffice();
      const { machine } = office;
      await using agent = await agentOn(machine);
      await succeed(twineUpload(machine, await mint(agent, "read_write"), "1.0.0"));
      await setUp(agent, "pip");
      await succeed(machine.run("pip", "install --no-deps --no-cache-dir --target site fly-hello"));
      expect(await machine.read("site/fly_hello/__init__.py")).toContain("VERSION = '1.0.0'");
    });
  });

  describeWith(["nginx", "openssl", "curl", "skopeo", "umoci"], "skopeo", () => {
    test("logs in where the challenge sends it, pushes and pulls, with the certificate verified", async () => {
      await using office = await openOffice();
      const { machine } = office;
      await using agent = await agentOn(machine);
      const { username, token } = await mint(agent, "read_write");
      const { host } = machine;
      const login = ["login", "-u", username, "--password-stdin", host];
      await succeed(machine.run("skopeo", login, { input: token }));
      await succeed(images(machine).push("1.0", "docker/hello:1.0"));
      await succeed(
        machine.run("skopeo", `copy docker://${host}/docker/hello:1.0 dir:${machine.at("pulled")}`),
      );
      expect(await readdir(machine.at("pulled"))).toContain("manifest.json");
      const reader = await mint(agent, "read_only");
      await succeed(machine.run("skopeo", login, { input: reader.token }));
      expect(await fail(images(machine).push("2.0", "docker/hello:2.0"))).toContain("denied");
    });
  });
});
