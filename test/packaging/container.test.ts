/** What the container is built from, and what it may do. That it builds and runs was seen with podman; here there is no image to build on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const lines = (path: string) =>
  readFileSync(join(root, path), "utf8")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
const steps = lines("Dockerfile").map((line) => line.split(/\s+/));
const last = (name: string) =>
  steps
    .findLast(([step]) => step === name)
    ?.slice(1)
    .join(" ");

it("copies what is there, and what is sent to the builder", () => {
  const sources = steps
    .filter(([step, flag]) => step === "COPY" && !flag?.startsWith("--from"))
    .flatMap((step) => step.slice(1, -1));
  expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const [everything, ...kept] = lines(".dockerignore");
  expect(everything).toBe("*");
  expect(sources.filter((path) => !kept.includes(`!${path.split("/")[0]}`))).toEqual([]);
});

it("takes everything that the build reads", () => {
  const copied = new Set(steps.filter(([step]) => step === "COPY").flatMap((step) => step.slice(1)));
  // Rooms beside src: what esbuild follows from src/main.ts.
  for (const room of ["src", "tools", "prompts", "scripts", "package.json", "tsconfig.json"])
    expect(copied.has(room), room).toBe(true);
});

it("runs as nobody special, by default over stdio, and names one version of its base", () => {
  expect(last("USER")).toBe("1000:1000");
  expect(last("ENTRYPOINT")).toBe('["node", "/app/dist/main.js"]');
  expect(last("CMD")).toBe('["stdio"]');
  expect(last("ARG")).toMatch(/^BASE=node:\d+-slim$/);
  expect(steps.filter(([step]) => step === "FROM").map(([, base]) => base)).toEqual(["${BASE}", "${BASE}"]);
  expect(steps.some(([step]) => step === "ADD")).toBe(false);
});
