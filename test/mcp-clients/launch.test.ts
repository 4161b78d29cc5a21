import { expect, test } from "vitest";
import { isOurs } from "../../src/mcp-clients/entry.ts";
import { launch } from "../../src/mcp-clients/launch.ts";

const terminal = { from: "terminal", title: "A" } as const;
const desktop = { from: "desktop", title: "B" } as const;
const installed = "/usr/lib/node_modules/fly-tokens-mcp/dist/main.js";
const cached = "/home/alice/.npm/_npx/0123456789abcdef/node_modules/fly-tokens-mcp/dist/main.js";
const nvm = "/home/alice/.nvm/versions/node/v22.1.0/bin/node";

const on = (node: string, main: string, platform: NodeJS.Platform = "linux") => ({
  words: [node, main],
  version: "1.2.3",
  platform,
});
const pinned = ["-y", "fly-tokens-mcp@1.2.3"];

test("what was installed is started by npx, pinned; on Windows through its interpreter", () => {
  expect(launch(on("/usr/bin/node", installed), desktop)).toEqual({
    command: "npx",
    args: pinned,
    notes: [],
  });
  expect(launch(on("/usr/bin/node", cached), terminal)).toMatchObject({ command: "npx", args: pinned });
  const windows = "C:\\Users\\alice\\AppData\\Roaming\\npm\\node_modules\\fly-tokens-mcp\\dist\\main.js";
  expect(launch(on("C:\\Program Files\\nodejs\\node.exe", windows, "win32"), desktop)).toMatchObject({
    command: "cmd",
    args: ["/c", "npx", ...pinned],
  });
});

test("a checkout is started from where it is, by absolute paths, unless npx is asked for", () => {
  const here = on("/usr/bin/node", "/src/fly/dist/main.js");
  expect(launch(here, terminal)).toEqual({
    command: "/usr/bin/node",
    args: ["/src/fly/dist/main.js"],
    notes: [],
  });
  expect(launch(here, terminal, "npx")).toMatchObject({ command: "npx", args: pinned });
  expect(launch(on("/usr/bin/node", installed), terminal, "local")).toMatchObject({ args: [installed] });
});

test("a client of the desktop does not have the PATH of a version manager", () => {
  for (const node of [
    nvm,
    "/home/alice/.volta/tools/image/node/22.1.0/bin/node",
    "C:\\Users\\a\\AppData\\Roaming\\nvm\\v22\\node.exe",
  ])
    expect(launch(on(node, installed), desktop)).toMatchObject({ command: node, args: [installed] });
  expect(launch(on(nvm, installed), terminal)).toMatchObject({ command: "npx" });
  expect(launch(on(nvm, installed), desktop, "npx").notes.join()).toContain("--command local");
  expect(launch(on(nvm, cached), desktop).notes.join()).toContain("npm install --global");
});

test("Homebrew's node is named by the link that outlives its version", () => {
  expect(launch(on("/opt/homebrew/Cellar/node@22/22.1.0/bin/node", "/src/main.js"), terminal).command).toBe(
    "/opt/homebrew/opt/node@22/bin/node",
  );
});

test.each([
  [{ command: "npx", args: ["-y", "fly-tokens-mcp@0.1.0"] }, true],
  [{ command: "npx", args: ["fly-tokens-mcp"] }, true],
  [{ command: "cmd", args: ["/c", "npx", "-y", "fly-tokens-mcp"] }, true],
  [{ command: "fly-tokens" }, true],
  [{ command: "C:\\npm\\fly-tokens.cmd", args: [] }, true],
  [{ command: { path: "npx", args: ["fly-tokens-mcp"] } }, true],
  [{ command: "node", args: ["/src/fly-tokens-mcp/dist/main.js"] }, true],
  [{ command: "/usr/bin/node", args: ["/here/main.js"] }, true],
  [{ command: "npx", args: ["-y", "my-fly-tokens-mcp"] }, false],
  [{ command: "npx", args: ["fly-tokens-mcp-evil"] }, false],
  [{ command: "flyctl", args: ["mcp", "server"] }, false],
  [{ url: "https://fly-tokens.example/mcp" }, false],
  [null, false],
])("%j is ours: %s", (entry, ours) => {
  expect(isOurs(entry, "/here/main.js")).toBe(ours);
});
