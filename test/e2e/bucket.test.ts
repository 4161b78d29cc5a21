/** Two replicas over one PostgreSQL and one bucket, on machines that share no folder; the bucket is Swift's. */
import { createHash, randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { RegistryClient } from "../support/registry-client.ts";
import { postgresUrl } from "../support/store.ts";
import { describeWith } from "./clients.ts";
import { type Machine, openMachine } from "./machine.ts";
import { balanceReady } from "./ready-balancer.ts";
import { type Swift, startSwift, swiftPrograms } from "./servers/swift.ts";
import { type Replica, startReplica } from "./team.ts";
import { npmPackage, succeed } from "./wares.ts";

/** On a machine of its own. */
interface Lone extends Replica {
  machine: Machine;
}

const insecure = { source: "--src-tls-verify=false", target: "--dest-tls-verify=false" };
const hasPostgres = inject("postgres") !== undefined;
const title = `a team whose artifacts are in a bucket${hasPostgres ? "" : " (skipped: PostgreSQL is not installed)"}`;

describeWith([...swiftPrograms, "skopeo", "umoci"], title, () => {
  const only = test.skipIf(!hasPostgres);
  let swift: Swift;
  let team: readonly [Lone, Lone];
  let token: string;
  let database: string;

  const settings = () => ({
    FLY_TOKENS_LOCAL_URL: "http://127.0.0.1:0",
    FLY_TOKENS_DATABASE_URL: database,
    FLY_TOKENS_ARTIFACTS: "s3://team-artifacts/registry",
    FLY_TOKENS_S3_ENDPOINT: swift.url,
    AWS_ACCESS_KEY_ID: swift.key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: swift.key.secretAccessKey,
  });

  async function start(adminKey?: string): Promise<Lone> {
    const machine = await openMachine(settings());
    return { machine, ...(await startReplica(machine, [], adminKey)) };
  }

  beforeAll(async () => {
    if (!hasPostgres) return;
    database = postgresUrl().reveal();
    swift = await startSwift();
    await swift.createBucket("team-artifacts");
    const first = await start();
    team = [first, await start(first.adminKey)];
    token = (await first.mint()).value;
  });
  afterAll(async () => {
    for (const { machine } of team ?? []) await machine[Symbol.asyncDispose]();
    await swift?.[Symbol.asyncDispose]();
  });

  const basic = () => ({ authorization: `Basic ${Buffer.from(`admin:${token}`).toString("base64")}` });

  /** What of artifacts is on a replica's own disk. */
  const onDisk = ({ machine }: Lone) =>
    readdir(machine.at("fly-tokens/data/registry/blobs"), { recursive: true });

  only("an image that skopeo pushes through a balancer is pulled from each of them", async () => {
    await using balancer = await balanceReady("/fly/api/v1/ready");
    for (const { url } of team) balancer.servers.add(url);
    await expect.poll(() => balancer.ready.size).toBe(2);
    await using client = await openMachine();
    const { run, at } = client;
    const layout = at("layout");
    await succeed(run("umoci", ["init", "--layout", layout]));
    await succeed(run("umoci", ["new", "--image", `${layout}:1.0`]));
    await writeFile(at("data"), randomBytes(3_000_000));
    await succeed(run("umoci", ["insert", "--image", `${layout}:1.0`, at("data"), "/data"]));
    const creds = `admin:${token}`;
    const from = (host: string) => `docker://${new URL(host).host}/docker/org/hello:1.0`;
    await succeed(
      run("skopeo", [
        "copy",
        insecure.target,
        "--dest-creds",
        creds,
        `oci:${layout}:1.0`,
        from(balancer.url),
      ]),
    );
    const raw = (...args: string[]) => succeed(run("skopeo", ["inspect", "--raw", ...args]));
    for (const [index, replica] of team.entries()) {
      const target = `oci:${at(`back-${index}`)}:1.0`;
      await succeed(
        run("skopeo", ["copy", insecure.source, "--src-creds", creds, from(replica.url), target]),
      );
      expect(await raw(target)).toBe(await raw(`oci:${layout}:1.0`));
      expect(await onDisk(replica)).toEqual(["incoming"]);
    }
  });

  only("a layer goes to both in turns, and a replica that is killed takes nothing with it", async () => {
    const chunks = Array.from({ length: 4 }, () => randomBytes(1_000_000));
    const whole = Buffer.concat(chunks);
    const digest = `sha256:${createHash("sha256").update(whole).digest("hex")}`;
    const [here] = team;
    const doomed = await start(here.adminKey);
    const begun = await here.fetch("/v2/docker/chunks/blobs/uploads/", { method: "POST", headers: basic() });
    const location = begun.headers.get("location") ?? "";
    const append = (to: RegistryClient, at: number, body: RequestInit["body"] = chunks[at] ?? null) => {
      const headers = { ...basic(), "content-range": `${at * 1_000_000}-${(at + 1) * 1_000_000 - 1}` };
      return to.fetch(location, { method: "PATCH", headers, body, duplex: "half" } as RequestInit);
    };
    for (const at of [0, 1]) expect((await append(at ? doomed : here, at)).status).toBe(202);

    // Half of the third chunk has arrived when its replica dies.
    const half = new ReadableStream({
      start: (controller) => controller.enqueue(chunks[2]?.subarray(0, 500_000)),
    });
    const cut = append(doomed, 2, half).catch((error: unknown) => error);
    await expect.poll(async () => (await onDisk(doomed)).join()).toContain(".busy");
    doomed.program.child.kill("SIGKILL");
    expect(await cut).toBeInstanceOf(Error);
    const standing = await here.fetch(location, { headers: basic() });
    expect(standing.headers.get("range")).toBe("0-1999999");

    const [, other] = team;
    expect((await append(other, 2)).status).toBe(202);
    const finished = await here.fetch(`${location}?digest=${digest}`, {
      method: "PUT",
      headers: basic(),
      body: chunks[3] ?? null,
    });
    expect(finished.status).toBe(201);
    for (const replica of team) {
      const answer = await replica.fetch(`/v2/docker/chunks/blobs/${digest}`, { headers: basic() });
      expect(Buffer.from(await answer.arrayBuffer()).equals(whole)).toBe(true);
      const part = await replica.fetch(`/v2/docker/chunks/blobs/${digest}`, {
        headers: { ...basic(), range: "bytes=1999998-2000001" },
      });
      expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(1_999_998, 2_000_002));
    }
    await doomed.machine[Symbol.asyncDispose]();
  });

  only("npm installs from one what it has published at the other", async () => {
    await using client = await openMachine();
    const [here, there] = team;
    const at = async (replica: Replica, ...args: string[]) => {
      const registry = `${replica.url}/artifactory/api/npm/npm/`;
      await client.write(
        ".npmrc",
        `registry=${registry}\n${registry.replace("http:", "")}:_authToken=${token}\n`,
      );
      return succeed(client.run("npm", args));
    };
    await at(here, "publish", await npmPackage(client, "bucket-hello", "1.0.0"));
    await client.write("app/package.json", "{}");
    await at(there, "install", "--prefix", client.at("app"), "bucket-hello@1.0.0");
    const installed = await client.read(join("app", "node_modules/bucket-hello/index.js"));
    expect(installed).toBe("// bucket-hello 1.0.0\n");
  });

  only("a replica finds its key where AWS's own programs do", async () => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...others } = settings();
    await using machine = await openMachine({ ...others, AWS_PROFILE: "team" });
    await machine.write(
      ".aws/credentials",
      `[team]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
    );
    await startReplica(machine);
  });

  only.each([
    [
      "of another",
      () => ({
        AWS_ACCESS_KEY_ID: swift.stranger.accessKeyId,
        AWS_SECRET_ACCESS_KEY: swift.stranger.secretAccessKey,
      }),
      /did not let the registry list \(AccessDenied, 403\)/,
    ],
    [
      "that is wrong",
      () => ({ AWS_SECRET_ACCESS_KEY: "canary-that-is-wrong" }),
      /does not accept the key \(SignatureDoesNotMatch\)/,
    ],
    [
      "for a bucket that does not exist",
      () => ({ FLY_TOKENS_ARTIFACTS: "s3://nowhere" }),
      /There is no bucket `nowhere`/,
    ],
  ] as const)("a replica with a key %s does not start, and says why", async (_which, change, words) => {
    await using machine = await openMachine({ ...settings(), ...change() });
    const { code, stdout, stderr } = await machine.flyTokens(["registry"]);
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain("canary");
  });
});
