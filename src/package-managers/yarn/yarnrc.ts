/** `.yarnrc` of yarn 1, which it asks for a registry only where npm's files name none. */
import type { Texts } from "../../disk/change.ts";
import { type Layer, settingsLayer } from "../npm/npmrc.ts";

/** The registries that it names: lines like `registry "URL"` and `"@acme:registry" "URL"`. */
export function yarnrcLayer(file: string, texts: Texts): Layer {
  const lines = (texts.get(file) ?? "").matchAll(
    /^\s*"?((?:@[\w.~-]+:)?registry)"?:?[ \t]+"?([^"\s]+)"?\s*$/gm,
  );
  const settings = [...lines].map(([, key, value]) => [key, { value, where: file }]);
  return settingsLayer("elsewhere", Object.fromEntries(settings));
}
