// Written by `npm run generate`.
import { claudeCode } from "./claude-code.ts";
import { claudeDesktop } from "./claude-desktop.ts";
import { codex } from "./codex.ts";
import { cursor } from "./cursor.ts";
import { gemini } from "./gemini.ts";
import type { McpClient } from "./mcp-client.ts";
import { vscode } from "./vscode.ts";
import { windsurf } from "./windsurf.ts";
import { zed } from "./zed.ts";

export const mcpClients: readonly McpClient[] = [claudeCode, claudeDesktop, codex, cursor, gemini, vscode, windsurf, zed] as never;
