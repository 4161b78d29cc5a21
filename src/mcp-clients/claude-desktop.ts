import { defineMcpClient } from "./mcp-client.ts";
import { strictJson } from "./notation.ts";
import { inSettings, userOnly } from "./place.ts";

/** It fills in no variables, and hands on few of its own. */
export const claudeDesktop = defineMcpClient({
  id: "claude-desktop",
  title: "Claude Desktop",
  from: "desktop",
  scopes: ["user"],
  signs: (place) => [inSettings(place, "Claude")],
  file(place) {
    userOnly(place, "Claude Desktop");
    return inSettings(place, "Claude", "claude_desktop_config.json");
  },
  notation: strictJson,
  table: "mcpServers",
  secrets: {
    by: "none",
    instead:
      "Claude Desktop fills in no variables: put them into a file that only you can read, and run init again with --env-file FILE; or install the bundle, whose settings it keeps in the keychain.",
  },
  next: "Quit Claude Desktop, and start it again.",
});
