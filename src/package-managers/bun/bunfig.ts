/** `bunfig.toml`: bun's own settings, which it prefers to those of npm's files (bun.sh/docs/runtime/bunfig). */
import type { Texts } from "../../disk/change.ts";
import type { Path } from "../../formats/format.ts";
import { toml } from "../../formats/toml.ts";
import { readValue } from "../edit.ts";
import { tokenKey } from "../npm/credentials.ts";
import type { Layer } from "../npm/npmrc.ts";
import type { Place } from "../package-manager.ts";

/** What a bunfig says about registries, by npm's names: `registry`, `@acme:registry`, and the token of the former. */
export function bunfigLayer(file: string, place: Place, texts: Texts): Layer {
  const read = (path: Path): string | undefined => {
    const source = readValue(toml, file, texts, path);
    return source === undefined ? undefined : expand(toml.decode(source), place.env);
  };
  // Each may be a string, a table between braces or one under a header.
  const urlAt = (path: Path) => read(path) ?? read([...path, "url"]);
  const settingOf = (key: string): string | undefined => {
    const [scope] = /^@[^:]+(?=:registry$)/.exec(key) ?? [];
    if (scope !== undefined)
      return urlAt(["install", "scopes", scope]) ?? urlAt(["install", "scopes", scope.slice(1)]);
    const url = urlAt(["install", "registry"]);
    if (key === "registry" || url === undefined || !URL.canParse(url)) return url;
    const own = tokenKey(new URL(url.endsWith("/") ? url : `${url}/`));
    return key === own ? read(["install", "registry", "token"]) : undefined;
  };
  return {
    kind: "elsewhere",
    get(key) {
      const value = settingOf(key);
      return value ? { value, written: value, where: file } : undefined;
    },
    scopeKeys: () => [],
  };
}

/** `$VAR` and `${VAR}`; one that is not set counts as nothing. */
function expand(text: string | undefined, env: Place["env"]): string | undefined {
  return text?.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => {
    return env[braced ?? plain ?? ""] ?? "";
  });
}
