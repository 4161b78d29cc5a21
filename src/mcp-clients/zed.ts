import { defineMcpClient, type Place } from "./mcp-client.ts";
import { jsonWithComments } from "./notation.ts";
import { atHome, inProject, inSettings } from "./place.ts";

const settings = (place: Place, ...names: string[]) => {
  if (place.platform === "darwin") return atHome(place, ".config", "zed", ...names);
  return inSettings(place, place.platform === "win32" ? "Zed" : "zed", ...names);
};

/** The editor's whole `settings.json`, with comments. It fills in no variables; servers have its own environment. */
export const zed = defineMcpClient({
  id: "zed",
  title: "Zed",
  from: "desktop",
  scopes: ["user", "project"],
  signs: (place) => [settings(place)],
  file: (place) =>
    place.scope === "project" ? inProject(place, ".zed", "settings.json") : settings(place, "settings.json"),
  notation: jsonWithComments,
  table: "context_servers",
  // Older versions pass over an entry without it.
  extra: { source: "custom" },
  secrets: {
    by: "none",
    instead:
      "Zed fills in no variables, but hands on its own: set them in your shell's profile; or put them into a file that only you can read, and run init again with --env-file FILE.",
  },
  next: "Zed starts it when the file is saved; the agent panel's settings show it.",
});
