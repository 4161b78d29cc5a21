/** What the clients publish: packages, wheels and images made on a machine. */
import { access, mkdir, writeFile } from "node:fs/promises";
import { expect } from "vitest";
import type { RunResult } from "../../src/run.ts";
import type { Machine } from "./machine.ts";

/** @returns what it said, on both streams in turn */
export async function succeed(running: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** @returns what it said, on both streams */
export async function fail(running: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, stdout).not.toBe(0);
  return stdout + stderr;
}

/** @returns the folder of an npm package */
export async function npmPackage({ at, write }: Machine, name: string, version: string): Promise<string> {
  await write(`packages/${name}/package.json`, JSON.stringify({ name, version }));
  await write(`packages/${name}/index.js`, `// ${name} ${version}\n`);
  return at("packages", name);
}

/** Python: FILE NAME VERSION [REQUIRES-PYTHON [TEXT]] makes a wheel of one module that knows its version. */
export const wheelScript = `
import sys, zipfile
file, name, version, requires, text = [*sys.argv[1:], *[">=3", ""][len(sys.argv) - 4:]]
module = name.replace("-", "_")
info = f"{module}-{version}.dist-info"
files = {
    f"{module}/__init__.py": f"VERSION = {version!r}\\n{text}\\n",
    f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\nRequires-Python: {requires}\\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(file, "w") as archive:
    for path, content in files.items():
        archive.writestr(path, content)
`;

/** @returns the path of a wheel of one module that knows its version */
export async function wheel({ at, write, run }: Machine, name: string, version: string): Promise<string> {
  const file = at(`${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`);
  await write("wheel.py", wheelScript);
  await succeed(run("python3", ["wheel.py", file, name, version]));
  return file;
}

/** @returns the path of a jar with one text in it */
export async function jar({ at, write, run }: Machine, name: string, text: string): Promise<string> {
  await write(`jars/${name}.txt`, text);
  const file = at("jars", `${name}.jar`);
  await succeed(run("python3", ["-m", "zipfile", "-c", file, at("jars", `${name}.txt`)]));
  return file;
}

/** twine, by its variables alone, with a wheel of fly-hello. */
export async function twineUpload(
  machine: Machine,
  { username, token }: { username: string; token: string },
  version: string,
): Promise<RunResult> {
  const file = await wheel(machine, "fly-hello", version);
  return machine.run("twine", ["upload", "--non-interactive", file], {
    env: {
      TWINE_REPOSITORY_URL: `${machine.url}/artifactory/api/pypi/pypi/`,
      TWINE_USERNAME: username,
      TWINE_PASSWORD: token,
    },
  });
}

/** skopeo and docker's command line, both with the logins in docker's file. */
export function images({ at, host, run }: Machine) {
  const layout = at("layout");
  /** Makes an image whose only file holds its tag. */
  async function make(tag: string): Promise<void> {
    const exists = await access(layout).then(
      () => true,
      () => false,
    );
    if (!exists) await succeed(run("umoci", ["init", "--layout", layout]));
    await succeed(run("umoci", ["new", "--image", `${layout}:${tag}`]));
    await mkdir(at("content", tag), { recursive: true });
    await writeFile(at("content", tag, "tag"), `${tag}\n`);
    await succeed(run("umoci", ["insert", "--image", `${layout}:${tag}`, at("content", tag), "/data"]));
  }
  return {
    async push(tag: string, to: string): Promise<RunResult> {
      await make(tag);
      return run("skopeo", [
        "copy",
        "--dest-tls-verify=false",
        `oci:${layout}:${tag}`,
        `docker://${host}/${to}`,
      ]);
    },
    /** @param login `user:token`, instead of what docker's file says */
    pull: (from: string, to: string, login?: string): Promise<RunResult> => {
      const source = ["--src-tls-verify=false", ...(login === undefined ? [] : ["--src-creds", login])];
      return run("skopeo", ["copy", ...source, `docker://${host}/${from}`, `oci:${at(to)}:pulled`]);
    },
    digest: async (image: string): Promise<string> => {
      const asked = ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${host}/${image}`];
      return (await succeed(run("skopeo", asked))).trim();
    },
    inspect: (image: string): Promise<RunResult> =>
      run("docker", ["manifest", "inspect", "--insecure", `${host}/${image}`]),
  };
}
