/** The PyPI room with the pip and the twine that people have. What the registry has logged decides. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../src/run.ts";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "../support/registry.ts";
import { describeWith } from "./clients.ts";
import { fail, succeed, wheelScript } from "./wares.ts";

const mount = "/artifactory/api/pypi/pypi";

async function registryFor(options?: TestRegistryOptions): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

/** Somebody with a home of their own and nothing of the machine's configuration. */
async function person(registry: TestRegistry, value: string, username = "__token__") {
  const home = await mkdtemp(join(tmpdir(), "fly-tokens-e2e-pypi-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const { host } = new URL(registry.url);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    PIP_CONFIG_FILE: "/dev/null",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PIP_RETRIES: "0",
    PYTHON_KEYRING_BACKEND: "keyring.backends.null.Keyring",
  };
  const start = (program: string, args: string[], more: Record<string, string> = {}) =>
    run(program, args, { env: { ...env, ...more }, cwd: home, timeout: 60_000 });
  return {
    home,
    /** @param index with a credential in it, unless another is given */
    download: (what: string[], index = `http://${username}:${value}@${host}${mount}/simple/`) =>
      start("pip", ["download", "--no-deps", "--no-cache-dir", "--index-url", index, "-d", "out", ...what]),
    downloaded: () =>
      readdir(join(home, "out")).then(
        (files) => files.sort(),
        () => [],
      ),
    upload: (files: string[], flags: string[] = [], path = "/") =>
      start("twine", ["upload", "--non-interactive", "--disable-progress-bar", ...flags, ...files], {
        TWINE_USERNAME: username,
        TWINE_PASSWORD: value,
        TWINE_REPOSITORY_URL: `${registry.url}${mount}${path}`,
      }),
    /** @returns the path of a wheel made with Python's own zipfile */
    async wheel(name: string, version: string, { text = "", requires = ">=3" } = {}): Promise<string> {
      const file = join(home, `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`);
      await mkdir(home, { recursive: true });
      await writeFile(join(home, "wheel.py"), wheelScript);
      await succeed(start("python3", ["wheel.py", file, name, version, requires, text]));
      return file;
    },
  };
}

/** `"POST 200 /"` for each request, in order. */
function requests(registry: TestRegistry): string[] {
  return registry.log
    .filter(({ path }) => `${path}`.startsWith(mount))
    .map(({ method, status, path }) => `${method} ${status} ${`${path}`.slice(mount.length)}`);
}

const hello = "fly_hello-1.0.0-py3-none-any.whl";

describeWith(["twine", "python3"], "twine", () => {
  test.each(["", "/"])("uploads to the mount followed by %j", async (path) => {
    const registry = await registryFor();
    const { upload, wheel } = await person(registry, (await registry.mint()).value);
    await succeed(upload([await wheel("fly-hello", "1.0.0")], [], path));
    expect(requests(registry)).toEqual([`POST 200 ${path}`]);
  });

  test("uploads the same file again without a fault, and another one under its name not, unless told to skip it", async () => {
    const registry = await registryFor();
    const { upload, wheel } = await person(registry, (await registry.mint()).value);
    const file = await wheel("fly-hello", "1.0.0");
    await succeed(upload([file]));
    await succeed(upload([file]));
    await wheel("fly-hello", "1.0.0", { text: "# other" });
    expect(await fail(upload([file], ["--verbose"]))).toContain("File already exists");
    expect(await succeed(upload([file], ["--skip-existing"]))).toContain("Skipping");
    expect(requests(registry)).toEqual(["POST 200 /", "POST 200 /", "POST 400 /", "POST 400 /"]);
  });

  test("may not upload with a read-only token, a wrong one, or a user's key", async () => {
    const registry = await registryFor();
    const reader = await person(registry, (await registry.mint({ permission: "read_only" })).value);
    const file = await reader.wheel("fly-hello", "1.0.0");
    expect(await fail(reader.upload([file], ["--verbose"]))).toContain("read-only");
    expect(await fail((await person(registry, "wrong")).upload([file]))).toContain("401");
    expect(await fail((await person(registry, registry.adminKey, "admin")).upload([file]))).toContain("403");
    expect(requests(registry)).toEqual(["POST 403 /", "POST 401 /", "POST 403 /"]);
  });
});

describeWith(["pip", "twine", "python3"], "pip", () => {
  /** A registry that has fly-hello 1.0.0 and a 2.0.0 that no Python can run. */
  async function stocked(options?: TestRegistryOptions) {
    const registry = await registryFor(options);
    const publisher = await person(registry, (await registry.mint()).value);
    const files = [
      await publisher.wheel("fly-hello", "1.0.0"),
      await publisher.wheel("fly-hello", "2.0.0", { requires: ">=99" }),
    ];
    await succeed(publisher.upload(files));
    return { registry, reader: (await registry.mint({ permission: "read_only" })).value };
  }

  test("downloads the newest that runs on this Python, with a read-only token in the URL", async () => {
    const { registry, reader } = await stocked();
    const { download, downloaded } = await person(registry, reader);
    await succeed(download(["Fly.Hello"]));
    expect(await downloaded()).toEqual([hello]);
    expect(requests(registry).slice(-2)).toEqual([
      "GET 200 /simple/fly-hello/",
      `GET 200 /packages/${hello}`,
    ]);
  });

  test("downloads with a credential from netrc", async () => {
    const { registry, reader } = await stocked();
    const { home, download, downloaded } = await person(registry, reader);
    await writeFile(join(home, ".netrc"), `machine 127.0.0.1\nlogin __token__\npassword ${reader}\n`, {
      mode: 0o600,
    });
    await succeed(download(["fly-hello"], `${registry.url}${mount}/simple`));
    expect(await downloaded()).toEqual([hello]);
  });

  test("checks the hash that a requirements file names", async () => {
    const { registry, reader } = await stocked();
    const { home, download } = await person(registry, reader);
    await writeFile(join(home, "requirements.txt"), `fly-hello==1.0.0 --hash=sha256:${"0".repeat(64)}\n`);
    expect(await fail(download(["--require-hashes", "-r", "requirements.txt"]))).toContain("DO NOT MATCH");
  });

  test("installs into an environment of its own, from where Python imports it", async () => {
    const { registry, reader } = await stocked();
    const { home } = await person(registry, reader);
    const index = `http://__token__:${reader}@${new URL(registry.url).host}${mount}/simple/`;
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      PIP_CONFIG_FILE: "/dev/null",
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
    };
    await succeed(
      run(
        "pip",
        [
          "install",
          "--no-deps",
          "--no-cache-dir",
          "--target",
          join(home, "site"),
          "--index-url",
          index,
          "fly-hello",
        ],
        { env, cwd: home },
      ),
    );
    const print = await run("python3", ["-c", "import fly_hello; print(fly_hello.VERSION)"], {
      env: { ...env, PYTHONPATH: join(home, "site") },
    });
    expect(print.stdout).toBe("1.0.0\n");
  });

  test("gets nothing with a wrong token, with none, or with a revoked one", async () => {
    const { registry } = await stocked();
    const { token, value } = await registry.mint();
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    const before = requests(registry).length;
    for (const credential of ["wrong", value]) {
      const { download, downloaded } = await person(registry, credential);
      expect(await fail(download(["fly-hello"]))).toContain("No matching distribution found");
      expect(await downloaded()).toEqual([]);
    }
    await fail((await person(registry, "")).download(["fly-hello"], `${registry.url}${mount}/simple/`));
    expect(new Set(requests(registry).slice(before))).toEqual(new Set(["GET 401 /simple/fly-hello/"]));
  });

  test("gets what is not here from upstream, and what is here from nowhere else", async () => {
    const upstream = await registryFor();
    const there = (await upstream.mint()).value;
    const publisher = await person(upstream, there);
    await succeed(
      publisher.upload([
        await publisher.wheel("theirs", "1.0.0"),
        await publisher.wheel("fly-hello", "9.0.0"),
      ]),
    );
    const { registry, reader } = await stocked({
      upstreams: { pypi: `${upstream.url.replace("127.0.0.1", "localhost")}${mount}/simple` },
    });
    const { home, download, downloaded } = await person(registry, reader);
    await writeFile(join(home, ".netrc"), `machine localhost\nlogin __token__\npassword ${there}\n`, {
      mode: 0o600,
    });
    await succeed(download(["theirs", "fly-hello"]));
    expect(await downloaded()).toEqual([hello, "theirs-1.0.0-py3-none-any.whl"]);
    expect(requests(registry)).toContain("GET 302 /simple/theirs/");
    expect(await fail(download(["fly-hello==9.0.0"]))).toContain("No matching distribution found");
  });
});
