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

/** What people may write, and what holds without it, as words in brackets; nothing where `about` says all. */
export function formOf(key: SettingKey): string {
  const { preset, about } = settings[key] as { preset?: unknown; about: string };
  const choices = isSwitch(key) ? ["true", "false"] : choicesOf(key);
  const isTold = choices.every((choice) => about.includes(choice));
  const words = [
    isTold ? "" : choices.join(", "),
    typeof preset === "object" || preset === undefined ? "" : `default ${preset}`,
  ].filter(Boolean);
  return words.length > 0 ? ` (${words.join("; ")})` : "";
}

/** Whether it is switched on by its name alone. */
export function isSwitch(key: SettingKey): boolean {
  const { preset } = settings[key] as { preset?: unknown };
  return typeof preset === "boolean";
}
