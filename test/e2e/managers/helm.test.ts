/**
 * Helm's own file, read by skopeo in helm's place: it is in docker's format. What it carries is a chart as helm packs
 * it (helm.sh/docs/topics/registries, "Helm chart manifest").
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const file = ".config/helm/registry/config.json";
const before = '{\n\t"auths": {\n\t\t"other.example": { "auth": "Ym9iOnRoZWlycw==" }\n\t}\n}';
const configType = "application/vnd.cncf.helm.config.v1+json";
const contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** A chart in a local OCI layout. @returns how skopeo calls it */
async function chart({ write, at }: Machine, version: string): Promise<string> {
  async function blob(mediaType: string, content: string | Buffer) {
    const hash = createHash("sha256").update(content).digest("hex");
    await write(`layout/blobs/sha256/${hash}`, content);
    return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(content) };
  }
  const config = await blob(configType, JSON.stringify({ apiVersion: "v2", name: "hello", version }));
  const content = await blob(contentType, gzipSync(`hello ${version}`));
  const manifest = await blob(
    manifestType,
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [content] }),
  );
  await write("layout/oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  const named = { ...manifest, annotations: { "org.opencontainers.image.ref.name": version } };
  await write("layout/index.json", JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  return `oci:${at("layout")}:${version}`;
}

describeWith(["skopeo"], "helm's file", () => {
  test("lets a chart be pushed and pulled as far as the token goes; undoing gives back the former bytes", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    });
    await using agent = await agentOn(machine);
    const { host, at, run } = machine;
    await machine.write(file, before);
    const push = async (version: string) =>
      run("skopeo", [
        ...["copy", "--dest-tls-verify=false", "--dest-authfile", at(file)],
        ...[await chart(machine, version), `docker://${host}/docker/hello:${version}`],
      ]);
    const inspect = (version: string, what = "--raw") =>
      run(
        "skopeo",
        `inspect --tls-verify=false --authfile ${at(file)} ${what} docker://${host}/docker/hello:${version}`,
      );

    const writer = await setUp(agent, "helm", { permission: "read_write" });
    await succeed(push("1.0.0"));
    expect(JSON.parse(await succeed(inspect("1.0.0")))).toMatchObject({
      config: { mediaType: configType },
      layers: [{ mediaType: contentType }],
    });
    expect(JSON.parse(await succeed(inspect("1.0.0", "--raw --config")))).toMatchObject({ name: "hello" });

    const reader = await setUp(agent, "helm");
    await succeed(inspect("1.0.0"));
    expect(await fail(push("2.0.0"))).toContain("denied");
    expect(await check(agent, "helm")).toMatch(
      /^helm: works\n.*read_only \(it may not publish or push\), active/s,
    );

    await revoke(agent, [reader, writer]);
    registry.log.length = 0;
    await fail(inspect("1.0.0"));
    expect(registry.log.at(-1)).toMatchObject({ status: 401 });
    expect(await check(agent, "helm")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "helm");
    await restore(agent, "helm");
    expect(await machine.read(file)).toBe(before);
  });

  test("is not needed where docker's has the login: helm takes it from there", async () => {
    await using machine = await openMachine();
    await using agent = await agentOn(machine);
    const id = await setUp(agent, "docker");
    expect(await check(agent, "helm")).toMatch(new RegExp(`^helm: works\n.*token ${id}`, "s"));
  });
});
