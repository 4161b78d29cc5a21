import { defineMcpClient } from "./mcp-client.ts";
import { tomlTables } from "./notation.ts";
import { below, inProject } from "./place.ts";

/** `config.toml` of CODEX_HOME; a project's is read where the project is trusted. Variables are handed on by name alone. */
export const codex = defineMcpClient({
  id: "codex",
  title: "Codex",
  from: "terminal",
  scopes: ["user", "project"],
  signs: (place) => [below(place, "CODEX_HOME", ".codex")],
  file: (place) =>
    place.scope === "project"
      ? inProject(place, ".codex", "config.toml")
      : below(place, "CODEX_HOME", ".codex", "config.toml"),
  notation: tomlTables,
  table: "mcp_servers",
  secrets: { by: "names", list: "env_vars" },
  next: "Start a new session of Codex; /mcp shows the server.",
});
