/** go takes a private module through the proxy with the token in netrc, as far as the token lives. */
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { goModule, startGoProxy } from "../servers/go-proxy.ts";
import { fail, succeed } from "../wares.ts";

// `off`: go asks nobody else.
const goEnv = "# mine\nGOPROXY=off\nGONOSUMDB=example.com/*\n\nGOBIN=/users/alice/bin\nnonsense";
const netrc =
  "# others\nmachine other.example\n  login bob\n  password kept\ndefault login anonymous password me\n";

async function open() {
  const registry = await startRegistry();
  const proxy = await startGoProxy(registry, registry.folder);
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
    FLY_TOKENS_LOCAL_ENDPOINTS: `go=${proxy.url}`,
    NODE_EXTRA_CA_CERTS: proxy.cert,
    SSL_CERT_FILE: proxy.cert,
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=mod -modcacherw",
  });
  await machine.write("app/go.mod", "module app\n\ngo 1.19\n");
  await machine.write(
    "app/main.go",
    `package main\n\nimport (\n\t"fmt"\n\t"${goModule}"\n)\n\nfunc main() { fmt.Println(hello.Hi()) }\n`,
  );
  const go = (args: string) => machine.run("go", args, { cwd: machine.at("app") });
  return {
    registry,
    proxy,
    machine,
    go,
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

describeWith(["go", "openssl"], "go", () => {
  test("gets a module through the proxy and runs it; once the token is revoked it stops there and asks no one else", async () => {
    await using it = await open();
    const { machine, proxy, go } = it;
    await using agent = await agentOn(machine);
    await machine.write(".config/go/env", goEnv, 0o644);
    await machine.write(".netrc", netrc);

    const id = await setUp(agent, "go");
    expect(await machine.read(".config/go/env")).toBe(
      goEnv.replace("GOPROXY=off", `GOPROXY=${proxy.url},off`),
    );
    expect(await machine.mode(".config/go/env")).toBe(0o644);
    expect(await machine.mode(".netrc")).toBe(0o600);
    proxy.log.length = 0;
    await succeed(go(`get ${goModule}@v1.0.0`));
    expect(await succeed(go("run ."))).toBe("hi from fly\n");
    expect(proxy.log).toContain(`GET /artifactory/api/go/go/${goModule}/@v/v1.0.0.zip Basic 200`);
    expect(proxy.log.filter((line) => !line.includes(" Basic "))).toEqual([]);
    expect(await check(agent, "go")).toMatch(/^go: works\n.*read_only/s);

    await revoke(agent, [id]);
    proxy.log.length = 0;
    await succeed(go("clean -modcache"));
    expect(await fail(go(`get ${goModule}@v1.0.0`))).toMatch(/401/);
    expect(new Set(proxy.log.map((line) => line.split(" ").slice(2).join(" ")))).toEqual(
      new Set(["Basic 401"]),
    );
    expect(await check(agent, "go")).toMatch(/does not work: the token .+ is revoked/);

    await restore(agent, "go");
    expect(await machine.read(".config/go/env")).toBe(goEnv);
    expect(await machine.read(".netrc")).toBe(netrc);
  });

  test("goes round the proxy where GOPRIVATE says so, and the check tells it", async () => {
    await using it = await open();
    const { machine, proxy, go } = it;
    await using agent = await agentOn(machine);
    await machine.write(".config/go/env", goEnv);
    await setUp(agent, "go");
    await succeed(go("env -w GOPRIVATE=example.com/*"));
    proxy.log.length = 0;
    // What goes round it goes nowhere.
    await fail(
      machine.run("go", `get ${goModule}@v1.0.0`, {
        cwd: machine.at("app"),
        env: { HTTPS_PROXY: "http://127.0.0.1:9" },
      }),
    );
    expect(proxy.log.filter((line) => line.includes("/fly"))).toEqual([]);
    expect(await check(agent, "go")).toMatch(/GOPRIVATE is set/);
    await succeed(go("env -w GONOPROXY=none"));
    await succeed(go(`get ${goModule}@v1.0.0`));
    expect(await check(agent, "go")).not.toMatch(/GOPRIVATE is set/);
  });

  test("is not set up over http, because go would send no credential", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine({
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      FLY_TOKENS_LOCAL_ENDPOINTS: "go=http://127.0.0.1:9/go",
    });
    await using agent = await agentOn(machine);
    const before = await machine.tree();
    const { code, text } = await agent.call("configure_package_manager", { manager: "go" });
    expect([code, text]).toEqual(["unsupported", expect.stringMatching(/https alone/)]);
    expect(
      Object.keys(await machine.tree()).filter((name) => !(name in before) && /netrc|go\/env/.test(name)),
    ).toEqual([]);
  });
});
