/** What may be chosen for a setting, where that is a short list: shells complete it, and manifests show it. */
import * as z from "zod";
import { type SettingKey, settings } from "./settings.ts";

/** @returns the values, in the order of its form; none where anything may be written */
export function choicesOf(key: SettingKey): readonly string[] {
  // The issuers are found at run time by what is configured; as a setting their form is a text.
  if (key === "provider") return ["local", "flyio", "jfrog"];
  const form = settings[key].form();
  return form instanceof z.ZodEnum ? form.options.map(String) : [];
}

/** Whether it is switched on by its name alone. */
export function isSwitch(key: SettingKey): boolean {
  const { preset } = settings[key] as { preset?: unknown };
  return typeof preset === "boolean";
}
