/**
 * Packs the bundle for MCP hosts, fly-tokens-mcp-VERSION.mcpb: the program, its manifest, its licences, and nothing else
 * (.mcpbignore). `--out FILE` names another place.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const { out } = parseArgs({ options: { out: { type: "string" } } }).values;
const mcpb = join(root, "test/e2e/programs/node_modules/.bin/mcpb");

if (!existsSync(mcpb)) {
  process.stderr.write("The packer is not installed: npm ci --prefix test/e2e/programs\n");
  process.exitCode = 1;
} else {
  const pack = [mcpb, "pack", root, out ?? join(root, `fly-tokens-mcp-${version}.mcpb`)];
  execFileSync(process.execPath, pack, { stdio: ["ignore", "inherit", "inherit"] });
}
