/** Files as people really have them, by notation; each parses, and has something of nobody's business in it. */
import type { McpClient } from "../../src/mcp-clients/mcp-client.ts";
import { strictJson, tomlTables } from "../../src/mcp-clients/notation.ts";

export interface Originals {
  texts: readonly string[];
  /** Do not parse, or hold what this client does not read. */
  broken: readonly string[];
  /** Has a server of our name that is not ours. */
  foreign: string;
  /** What the user adds later. */
  later(text: string): string;
}

export function originalsOf({ notation, table }: McpClient): Originals {
  if (notation === tomlTables) return toml;
  return notation === strictJson ? strict(table) : commented(table);
}

function strict(table: string): Originals {
  return {
    texts: [
      `{\n  "numStartups": 41,\n  "${table}": {\n    "other": {\n      "command": "other",\n      "env": {\n        "KEY": "keep-me"\n      }\n    }\n  },\n  "userID": "x"\n}\n`,
      `{"${table}":{"other":{"command":"other"}},"numStartups":3}\n`,
      `{\r\n    "${table}": {},\r\n    "theme": "dark"\r\n}\r\n`,
      `{\n\t"theme": "dark",\n\t"nested": { "a": [1, 2] }\n}`,
      `{\n  "${table}": {\n    "fly-tokens": { "command": "npx", "args": ["-y", "fly-tokens-mcp@0.0.1"], "disabled": false, "env": { "MINE": "1" } }\n  }\n}\n`,
      "{}",
      "",
      "\n",
    ],
    broken: [`{\n  // a comment\n  "${table}": {}\n}\n`, `{\n  "${table}": {},\n}\n`, '{\n  "a": {', "[]\n"],
    foreign: `{\n  "${table}": {\n    "fly-tokens": { "command": "flyctl", "args": ["mcp"] },\n    "fly-tokens-2": { "command": "x" }\n  }\n}\n`,
    later: (text) => {
      const nl = text.includes("\r\n") ? "\r\n" : "\n";
      const at = text.indexOf("{") + 1;
      const rest = text.slice(at);
      return `${text.slice(0, at)}${nl}  "later": 1${/^\s*\}/.test(rest) ? "" : ","}${rest}`;
    },
  };
}

function commented(table: string): Originals {
  const { texts, foreign } = strict(table);
  return {
    texts: [
      ...texts,
      `// settings\n{\n  "theme": "One Dark", // dark\n  /* servers */\n  "${table}": {\n    // theirs\n    "other": { "command": "other" }, // the other one\n  },\n}\n`,
      `\uFEFF{\r\n\t"inputs": [\r\n\t\t{ "type": "promptString", "id": "theirs" } // theirs\r\n\t],\r\n\t"${table}": {} // none\r\n}\r\n`,
      `{\n  "${table}": {\n    // ours, once\n    "fly-tokens": {\n      "command": "npx", // by npx\n      "args": ["-y", "fly-tokens-mcp@0.0.1"], // pinned\n    },\n  },\n}\n`,
      "// nothing yet\n",
    ],
    broken: ['{\n  "a": {', "[]\n", '{\n  "a": 1 /* }\n', `{\n  "a": 1\n  "${table}": {}\n}`],
    foreign,
    later: (text) => {
      const top = text.startsWith("\uFEFF") ? 1 : 0;
      return `${text.slice(0, top)}// later${text.includes("\r\n") ? "\r\n" : "\n"}${text.slice(top)}`;
    },
  };
}

const toml: Originals = {
  texts: [
    `# codex\nmodel = "gpt"   # the model\n\n[mcp_servers.other]   # theirs\ncommand = "other"\nenv = { KEY = "keep-me" }\n\n[profiles.x]\nmodel = "y"\n`,
    `\uFEFFmodel = "gpt"\r\n\r\n[mcp_servers.other]\r\ncommand = "other"`,
    `[mcp_servers.fly-tokens]\nargs = ["-y", "fly-tokens-mcp@0.0.1"] # pinned\ncommand = "npx"\nstartup_timeout_sec = 20\nenv_vars = ["MINE"]\n\n[tui]\ntheme = "dark"\n`,
    `[mcp_servers]\nfly-tokens = { command = "npx", args = ["fly-tokens-mcp"], enabled = true }\n`,
    "",
    "\n",
  ],
  broken: ["[mcp_servers.other]\ncommand = not quoted\n", "a = 1\na = 2\n"],
  foreign: `[mcp_servers.fly-tokens]\ncommand = "flyctl"\n\n[mcp_servers.fly-tokens-2]\ncommand = "x"\n`,
  later: (text) => {
    const top = text.startsWith("\uFEFF") ? 1 : 0;
    return `${text.slice(0, top)}# later${text.includes("\r\n") ? "\r\n" : "\n"}${text.slice(top)}`;
  },
};
