/** A pull secret on its way into a cluster, with the bundle and the real kubectl; what stands for the cluster is small. */
import { expect, test } from "vitest";
import { type Agent, agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { type Machine, openMachine } from "./machine.ts";
import { type FakeKubernetes, type KubeSecret, kubeconfig, startKubernetes } from "./servers/kubernetes.ts";
import { succeed } from "./wares.ts";

interface Scene extends AsyncDisposable {
  machine: Machine;
  cluster: FakeKubernetes;
  agent: Agent;
  deliver(args?: Record<string, unknown>): ReturnType<Agent["call"]>;
  /** Statuses of every token there is. */
  statuses(): Promise<string[]>;
}

async function openScene(): Promise<Scene> {
  const cluster = await startKubernetes();
  const machine = await openMachine();
  await machine.write(".kube/config", kubeconfig(cluster.url));
  const agent = await agentOn(machine);
  return {
    machine,
    cluster,
    agent,
    deliver: (args) => agent.call("generate_token", { name: "pull", deliver_to: "kubernetes", ...args }),
    async statuses() {
      const { tokens } = (await agent.call("list_tokens")).data as { tokens: { status: string }[] };
      return tokens.map(({ status }) => status);
    },
    async [Symbol.asyncDispose]() {
      for (const part of [agent, machine, cluster]) await part[Symbol.asyncDispose]();
    },
  };
}

/** The one server that a docker configuration names, and its login. */
function loginIn(data: Record<string, string> = {}): { server: string; auth: string; username: string } {
  const config = Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString("utf8");
  const [[server, login] = ["", {}], ...others] = Object.entries(
    (JSON.parse(config) as { auths: Record<string, object> }).auths,
  );
  expect(others).toEqual([]);
  return { server, auth: "", username: "", ...login };
}

const answers = async ({ machine }: Scene, data?: Record<string, string>) =>
  (await fetch(`${machine.url}/v2/`, { headers: { authorization: `Basic ${loginIn(data).auth}` } })).status;

describeWith(["kubectl"], "a pull secret in a cluster", () => {
  test("is made, opens the registry, and is renewed", async () => {
    await using scene = await openScene();
    const { cluster, deliver, machine } = scene;
    const first = await deliver();
    expect(first.text).toContain(
      "secret fly-registry-secret in namespace default of kubectl's current context",
    );
    const made = cluster.secrets.get("default/fly-registry-secret");
    expect(made).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "fly-registry-secret", namespace: "default" },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": expect.any(String) },
      manager: "fly-tokens",
    });
    expect(loginIn(made?.data)).toMatchObject({ server: `${machine.host}/docker`, username: "admin" });
    expect(await answers(scene, made?.data)).toBe(200);
    expect((await deliver()).isError).toBe(false);
    const renewed = cluster.secrets.get("default/fly-registry-secret");
    expect(renewed?.data).not.toEqual(made?.data);
    expect(await answers(scene, renewed?.data)).toBe(200);
    expect(await scene.statuses()).toEqual(["active", "active"]);
    // It reads nothing: the right to patch is enough.
    const path = "/api/v1/namespaces/default/secrets/fly-registry-secret";
    const requests = cluster.log.map((line) => line.replace(/\?.*(dryRun=All).*|\?.*/, " $1").trim());
    const once = [`PATCH ${path} dryRun=All`, `PATCH ${path}`];
    expect(requests).toEqual([...once, ...once]);
  });

  test("goes to the context and namespace that are named", async () => {
    await using scene = await openScene();
    const { text } = await scene.deliver({ kubernetes: { context: "eu/shop", secret_name: "123" } });
    expect(text).toContain("secret 123 in namespace shop of context eu/shop");
    await scene.deliver({ kubernetes: { context: "eu/shop", namespace: "default" } });
    expect([...scene.cluster.secrets.keys()]).toEqual(["shop/123", "default/fly-registry-secret"]);
  });

  test.each<[string, object, string, RegExp]>([
    ["without the right", { namespace: "closed" }, "forbidden", /cannot patch resource/],
    ["without the namespace", { namespace: "moon" }, "not_found", /namespaces "moon" not found/],
    ["without the context", { context: "moon" }, "not_found", /context "moon" does not exist/],
    ["over somebody else's", { secret_name: "theirs" }, "conflict", /conflict with "kubectl-create"/],
  ])("is refused %s, and no token is made", async (_what, kubernetes, code, said) => {
    await using scene = await openScene();
    const theirs = { type: "Opaque", data: {}, metadata: { name: "theirs", namespace: "default" } };
    scene.cluster.secrets.set("default/theirs", { ...theirs, manager: "kubectl-create" });
    const refused = await scene.deliver({ kubernetes });
    expect([refused.code, refused.text]).toEqual([code, expect.stringMatching(said)]);
    expect([await scene.statuses(), scene.cluster.secrets.size]).toEqual([[], 1]);
  });

  test.each<[string, { deliver_path?: string }]>([
    ["in the cluster", {}],
    ["in a manifest", { deliver_path: "pull.yaml" }],
  ])("is rotated %s", async (_where, args) => {
    await using scene = await openScene();
    const { agent, cluster, deliver, machine } = scene;
    const data = async () =>
      args.deliver_path === undefined
        ? cluster.secrets.get("default/fly-registry-secret")?.data
        : (JSON.parse((await machine.read("pull.yaml")) ?? "") as KubeSecret).data;
    const { token } = (await deliver(args)).data;
    const former = await data();
    const wish = { id: token?.id };
    const { confirmation_required: asked } = (await agent.call("rotate_token", wish)).data;
    const done = await agent.call("rotate_token", { ...wish, confirmation: asked?.confirmation });
    expect(done.isError, done.text).toBe(false);
    expect([await answers(scene, await data()), await answers(scene, former)]).toEqual([200, 401]);
    expect((await scene.statuses()).sort()).toEqual(["active", "revoked"]);
    expect(JSON.stringify(done)).not.toContain(Buffer.from(loginIn(await data()).auth, "base64").toString());
  });

  test("is refused while nobody answers", async () => {
    await using scene = await openScene();
    await scene.cluster[Symbol.asyncDispose]();
    const refused = await scene.deliver();
    expect([refused.code, refused.text]).toEqual(["command_failed", expect.stringMatching(/refused/)]);
    expect(await scene.statuses()).toEqual([]);
  });

  test("is as a manifest what kubectl itself makes, reads without a cluster, and applies", async () => {
    await using scene = await openScene();
    const { cluster, machine } = scene;
    const path = machine.at("pull.yaml");
    await scene.deliver({ deliver_path: path, kubernetes: { namespace: "shop", secret_name: "1e3" } });
    const { metadata, data, ...rest } = JSON.parse((await machine.read("pull.yaml")) ?? "") as {
      metadata: object;
      data: Record<string, string>;
    };
    // On the command line, where a real token must never be: here it is nobody's. Its own fields are these.
    const flags = ["server=h/docker", "username=u", "password=p"].map((flag) => `--docker-${flag}`);
    const create = ["create", "secret", "docker-registry", "1e3", "-n", "shop", ...flags];
    const theirs = JSON.parse(
      await succeed(machine.run("kubectl", [...create, "--dry-run=client", "-o", "json"])),
    ) as Record<string, object>;
    expect({ ...rest, metadata, data: Object.keys(data) }).toEqual({
      ...theirs,
      metadata: { name: "1e3", namespace: "shop" },
      data: Object.keys(theirs.data ?? {}),
    });
    const offline = { env: { KUBECONFIG: machine.at("nothing") } };
    const label = ["label", "--local", "-f", path, "a=b", "-o", "json"];
    expect(JSON.parse(await succeed(machine.run("kubectl", label, offline)))).toMatchObject({
      ...rest,
      metadata,
      data,
    });
    const apply = ["apply", "--validate=false", "-f", path];
    // Even this asks a cluster what there is.
    await succeed(machine.run("kubectl", [...apply, "--dry-run=client"]));
    expect(cluster.secrets.size).toBe(0);
    await succeed(machine.run("kubectl", [...apply, "--server-side"]));
    expect(cluster.secrets.get("shop/1e3")?.data).toEqual(data);
    expect(await answers(scene, data)).toBe(200);
  });
});
