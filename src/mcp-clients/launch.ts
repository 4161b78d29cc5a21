/** The command line that a client is told to start. Pure. */
import { posix, win32 } from "node:path";
import type { McpClient } from "./mcp-client.ts";

export interface Program {
  /** The words that start this program again: node, its flags, and the file with its symbolic links followed. */
  words: readonly string[];
  version: string;
  platform: NodeJS.Platform;
}

export interface Launch {
  command: string;
  args: string[];
  /** What may not work, or not for long. */
  notes: string[];
}

/**
 * DECIDED. `npx -y fly-tokens-mcp@VERSION`, pinned, where this program was installed from the registry: it is short,
 * the same on every machine, and an update is one word. Everything else, a checkout or a copy, is started from where it
 * is, by the absolute paths of node and of the program: clients do not have the shell's PATH.
 *
 * A client that the desktop starts does not find the npx of a version manager (nvm, fnm, volta …): its profile is read
 * by shells alone. There the absolute paths are written, too. They break when that version of node is removed, and
 * `init`, run again, mends them; npx would have failed from the beginning. Homebrew's path names a version as well, but
 * has a link beside it that stays.
 */
export function launch(
  { words, version, platform }: Program,
  client: Pick<McpClient, "from" | "title">,
  wish?: "local" | "npx",
): Launch {
  const [node = "node", ...rest] = words;
  const main = rest.at(-1) ?? "";
  const isPublished = /[\\/]node_modules[\\/]fly-tokens-mcp[\\/]/.test(main);
  const isHidden = client.from === "desktop" && ofVersionManager.test(node);
  if ((wish ?? (isPublished && !isHidden ? "npx" : "local")) === "npx")
    return {
      ...throughNpx(version, platform),
      notes: isHidden
        ? [
            `${client.title} may not find npx: node comes from ${folderOf(node)}; --command local needs no PATH.`,
          ]
        : [],
    };
  return {
    command: lasting(node),
    args: [...rest],
    notes: /[\\/]_npx[\\/]/.test(main)
      ? [
          "The program lies in npx's cache, which may be emptied; `npm install --global fly-tokens-mcp` and init, run again, make it last.",
        ]
      : [],
  };
}

/** On Windows npx is a batch file, which only its interpreter starts. */
function throughNpx(version: string, platform: NodeJS.Platform): Pick<Launch, "command" | "args"> {
  const args = ["-y", `fly-tokens-mcp@${version}`];
  return platform === "win32" ? { command: "cmd", args: ["/c", "npx", ...args] } : { command: "npx", args };
}

const ofVersionManager =
  /[\\/](\.?nvm|\.?fnm|fnm_multishells|\.?volta|\.?asdf|mise|\.?nodenv|\.?nvs|\.?n|\.?nodebrew)[\\/]/i;

/** Of Homebrew's two paths the one without a version in it. */
function lasting(node: string): string {
  return node.replace(/^(.*)\/Cellar\/(node(?:@\d+)?)\/[^/]+\/bin\/node$/, "$1/opt/$2/bin/node");
}

function folderOf(path: string): string {
  return path.includes("\\") ? win32.dirname(path) : posix.dirname(path);
}
