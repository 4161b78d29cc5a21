import { describe, expect, it } from "vitest";
import { run } from "../src/run.ts";

const node = (script: string, options = {}) => run(process.execPath, ["-e", script], options);
const flood = "setInterval(() => process.stdout.write(Buffer.alloc(65536, 7)), 0)";

describe("output that is handed on", () => {
  it("comes as bytes, all of them, also beyond what a result holds", async () => {
    const parts: Buffer[] = [];
    const result = await node("process.stdout.write(Buffer.alloc(3_000_000, 0xff))", {
      onStdout: (bytes: Buffer) => {
        parts.push(bytes);
        return "more";
      },
    });
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(Buffer.concat(parts).equals(Buffer.alloc(3_000_000, 0xff))).toBe(true);
  });

  it("ends with the program when it is enough, and nothing comes after that", async () => {
    let pieces = 0;
    const { code } = await node(flood, {
      onStdout: () => {
        pieces += 1;
        return pieces === 3 ? "enough" : "more";
      },
    });
    expect([code, pieces]).toEqual([-1, 3]);
  });

  it("ends with the program when its receiver fails, with that failure", async () => {
    const failing = node(flood, {
      onStdout: () => {
        throw new TypeError("no");
      },
    });
    await expect(failing).rejects.toThrow(new TypeError("no"));
  });

  it("leaves what the program complains of, and its code", async () =>
    expect(
      await node("process.stdout.write('a'); console.error('b'); process.exitCode = 3", {
        onStdout: () => "more",
      }),
    ).toEqual({ code: 3, stdout: "", stderr: "b\n" }));
});

it("without a receiver the output is in the result", async () =>
  expect(await node("process.stdout.write('ä')")).toEqual({ code: 0, stdout: "ä", stderr: "" }));
