import { defineMcpClient } from "./mcp-client.ts";
import { jsonWithComments } from "./notation.ts";
import { atHome, inProject } from "./place.ts";

/** Only the variables that an entry names reach its server. */
export const gemini = defineMcpClient({
  id: "gemini",
  title: "Gemini CLI",
  from: "terminal",
  scopes: ["user", "project"],
  signs: (place) => [atHome(place, ".gemini")],
  file: (place) =>
    place.scope === "project"
      ? inProject(place, ".gemini", "settings.json")
      : atHome(place, ".gemini", "settings.json"),
  notation: jsonWithComments,
  table: "mcpServers",
  secrets: { by: "reference", refer: (variable) => `$${variable}` },
  next: "Start Gemini CLI anew; /mcp shows the server.",
});
