/** What the rooms rely on, wherever the artifacts are. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { openArtifacts, smallParts, type TestArtifacts } from "../../support/artifacts.ts";

const content = "0123456789";
const digest = digestOf(content);

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** With a fault, the source breaks after the pieces. */
function streamOf(pieces: string[], fault?: Error): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece !== undefined) controller.enqueue(bytes(piece));
      else if (fault) controller.error(fault);
      else controller.close();
    },
  });
}

async function read({ blobs }: TestArtifacts, of: string, span?: { start: number; end: number }) {
  return new Response(await blobs.stream(of, span)).text();
}

async function isEmpty({ stored, arriving }: TestArtifacts) {
  expect([await stored(), await arriving()]).toEqual([[], []]);
}

describe.each([
  ["a folder", undefined],
  ["a bucket", undefined],
  ["a bucket", smallParts],
] as const)("artifacts in %s", (place, sizes) => {
  const where = sizes ? "in parts" : "whole";
  const open = () => openArtifacts(place, sizes);

  it(`are there when it says so, ${where}, for another process too`, async () => {
    const artifacts = await open();
    expect(await artifacts.blobs.put(bytes(content), 10)).toEqual({ digest, size: 10 });
    const other = { ...artifacts, blobs: await artifacts.again() };
    for (const each of [artifacts, other]) {
      expect(await each.blobs.size(digest)).toBe(10);
      expect(await read(each, digest)).toBe(content);
    }
    expect([await artifacts.stored(), await artifacts.arriving()]).toEqual([[digest.slice(7)], []]);
  });

  it("come as a stream, too, and may be empty", async () => {
    const artifacts = await open();
    expect(await artifacts.blobs.put(streamOf(["01234", "", "56789"]), 10)).toEqual({ digest, size: 10 });
    expect(await artifacts.blobs.put(streamOf([]), 10)).toEqual({ digest: digestOf(""), size: 0 });
    expect([await artifacts.blobs.size(digestOf("")), await read(artifacts, digestOf(""))]).toEqual([0, ""]);
  });

  it("are read in part", async () => {
    const artifacts = await open();
    await artifacts.blobs.put(bytes(content), 10);
    for (const [start, end, text] of [
      [0, 0, "0"],
      [2, 4, "234"],
      [9, 9, "9"],
      [0, 9, content],
    ] as const)
      expect(await read(artifacts, digest, { start, end })).toBe(text);
  });

  it("are refused when they are larger than the limit, and nothing is kept", async () => {
    const artifacts = await open();
    for (const source of [bytes(content), streamOf(["01234", "56789"])])
      await expect(artifacts.blobs.put(source, 9)).rejects.toMatchObject({ status: 413 });
    await isEmpty(artifacts);
  });

  it("are adopted from a file that is complete, if they are what was announced", async () => {
    const artifacts = await open();
    const { blobs } = artifacts;
    const path = blobs.incoming();
    await writeFile(path, content);
    const refused = { status: 400, code: "DIGEST_INVALID" };
    await expect(blobs.adopt(path, digestOf("another"))).rejects.toMatchObject(refused);
    expect([await artifacts.stored(), await readFile(path, "utf8")]).toEqual([[], content]);
    expect(await blobs.adopt(path, digest)).toEqual({ digest, size: 10 });
    expect([await read(artifacts, digest), await artifacts.arriving()]).toEqual([content, []]);
  });

  it("are unknown until they come, and nothing but a digest names one", async () => {
    const artifacts = await open();
    const { blobs } = artifacts;
    expect(await blobs.size(digest)).toBeUndefined();
    await expect(read(artifacts, digest)).rejects.toThrow();
    for (const name of [
      "",
      "../admin-key",
      `${digest}/..`,
      digest.toUpperCase(),
      `sha512:${"0".repeat(64)}`,
    ]) {
      await expect(blobs.size(name)).rejects.toMatchObject({ status: 400 });
      await expect(blobs.stream(name)).rejects.toMatchObject({ status: 400 });
    }
  });

  it("are one when many store the same at once", async () => {
    const artifacts = await open();
    const all = [artifacts.blobs, await artifacts.again()];
    const puts = Array.from({ length: 10 }, (_, at) => all[at % 2]?.put(streamOf(["01234", "56789"]), 10));
    expect(new Set((await Promise.all(puts)).map((blob) => blob?.digest))).toEqual(new Set([digest]));
    expect([await artifacts.stored(), await artifacts.arriving()]).toEqual([[digest.slice(7)], []]);
    expect(await read(artifacts, digest)).toBe(content);
  });

  it("are not there when their source breaks in the middle", async () => {
    const artifacts = await open();
    const broken = streamOf(["01234"], new Error("reset"));
    await expect(artifacts.blobs.put(broken, 100)).rejects.toThrow("reset");
    await isEmpty(artifacts);
  });

  it("leave nothing readable by others on this machine", async () => {
    const { blobs, folder } = await open();
    await blobs.put(bytes(content), 10);
    for (const name of await readdir(folder))
      expect([name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]).toEqual([name, "700"]);
  });
});

describe.each(["a folder", "a bucket"] as const)("a process that is killed", (place) => {
  it(`while bytes arrive for ${place} leaves no blob, and what it leaves goes after a day`, async () => {
    const artifacts = await openArtifacts(place);
    await putAndDie(artifacts, "half");
    expect([await artifacts.stored(), (await artifacts.arriving()).length]).toEqual([[], 1]);
    const now = new Date();
    await artifacts.age(new Date(now.getTime() - 23 * 3_600_000));
    await artifacts.blobs.sweep(now);
    expect(await artifacts.arriving()).toHaveLength(1);
    await artifacts.age(new Date(now.getTime() - 25 * 3_600_000));
    await artifacts.blobs.sweep(now);
    await isEmpty(artifacts);
  });
});

it("a process that is killed while the bucket takes the bytes leaves no blob", async () => {
  const artifacts = await openArtifacts("a bucket");
  const { s3 } = artifacts;
  if (!s3) throw new Error("There is no bucket.");
  const reached = new Promise<void>((resolve) => {
    s3.fault = ({ name, key }) => {
      if (name !== "put" || !key.includes("/sha256/")) return undefined;
      resolve();
      // For good: the bytes are under way, and never all there.
      return new Promise<void>(() => {});
    };
  });
  await putAndDie(artifacts, "whole", reached);
  expect(await artifacts.stored()).toEqual([]);
  s3.fault = undefined;
  expect(await artifacts.blobs.put(bytes("half of it"), 100)).toMatchObject({ size: 10 });
});

/** Starts a process that stores a blob, and kills it with SIGKILL in the middle. @param moment when, once it has begun */
async function putAndDie({ folder, s3 }: TestArtifacts, how: "half" | "whole", moment?: Promise<void>) {
  const script = join(import.meta.dirname, "../../support/putting-process.ts");
  const args = ["--import", "tsx", script, folder, ...(how === "whole" ? [how] : [])];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const { credentials, ...options } = s3?.options ?? {};
  child.stdin.end(
    s3 && JSON.stringify({ ...options, accessKeyId: credentials?.accessKeyId, secret: s3.secret }),
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    await moment;
    // What has been handed over is on disk before the pipe is read again.
    if (!moment) await expect.poll(async () => (await readdir(join(folder, "incoming"))).length).toBe(1);
    child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect([lines, child.signalCode]).toEqual([["begun"], "SIGKILL"]);
}
