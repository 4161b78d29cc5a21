/** Links that install the server by one click: the client shows the command, and asks, before it takes it. */

export interface Launch {
  command: string;
  args: readonly string[];
}

/** What every client starts: the published package, at exactly one version. */
export function launchOf(name: string, version: string): Launch {
  return { command: "npx", args: ["-y", `${name}@${version}`] };
}

/**
 * @param server the name that the client shows
 * @returns by client; Cursor takes base64, VS Code percent-encoded JSON
 * @see cursor.com/docs/mcp/install-links, code.visualstudio.com/api/extension-guides/ai/mcp
 */
export function installLinks(server: string, launch: Launch): Record<string, string> {
  const json = JSON.stringify(launch);
  const base64 = encodeURIComponent(Buffer.from(json).toString("base64"));
  const vscode = `https://insiders.vscode.dev/redirect/mcp/install?name=${server}&config=${encodeURIComponent(json)}`;
  return {
    Cursor: `https://cursor.com/en/install-mcp?name=${server}&config=${base64}`,
    "VS Code": vscode,
    "VS Code Insiders": `${vscode}&quality=insiders`,
  };
}

/** The line for the README. */
export function installLine(server: string, launch: Launch): string {
  const links = Object.entries(installLinks(server, launch)).map(([client, url]) => `[${client}](${url})`);
  return `One click: ${links.join(" · ")}. Every other way: [docs/install.md](docs/install.md).`;
}
