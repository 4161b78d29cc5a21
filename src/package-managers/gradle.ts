/** Gradle: user and token as properties in the user's own file, the repository in an init script that is ours alone. */
import type { Texts } from "../disk/change.ts";
import { properties } from "../formats/properties.ts";
import { whole } from "../formats/whole.ts";
import { Problem } from "../problem.ts";
import { probeWithBasic } from "./basic-probe.ts";
import { changesOf, type Edit } from "./edit.ts";
import { fileProperty, gradleFiles, type Property } from "./gradle/files.ts";
import { initScript, isOurs } from "./gradle/script.ts";
import { gradleStatus, unsetVariable } from "./gradle/status.ts";
import { checkText, checkUsername, parseRegistryUrl } from "./input.ts";
import { definePackageManager, type Place, secretVariable } from "./package-manager.ts";

export const gradle = definePackageManager({
  id: "gradle",
  title: "Gradle",
  tool: "gradle",
  ecosystem: "maven",
  signs: [
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradlew",
    "gradlew.bat",
  ],
  proof: "repository root",
  tested: "Gradle 4.4",
  symptom: "Gradle says `Received status code 401 from server` below `Could not resolve …`.",
  scopes: ["user"],
  styles: ["value", "reference"],

  files: (place) => Object.values(gradleFiles(requireUser(place))),

  plan(target, place, texts) {
    const files = gradleFiles(requireUser(place));
    const url = parseRegistryUrl(target.url);
    url.pathname = url.pathname.replace(/\/+$/, "");
    const values = {
      flyUser: checkUsername(target.username),
      flyToken: checkText("token", target.secret.reveal()),
    };
    const script = texts.get(files.script) ?? "";
    if (script !== "" && !isOurs(script)) {
      throw new Problem(
        "conflict",
        `${files.script} is there already, and is not ours.`,
        "Give that script another name (Gradle runs every *.gradle in init.d), and try again.",
      );
    }
    const byVariable = (target.style ?? usualStyle(files.properties, script, texts)) === "reference";
    const edit = (name: Property, sensitive: boolean, value: string): Edit[] =>
      (fileProperty(files.properties, name, texts)?.value ?? "") === value
        ? []
        : [
            {
              file: files.properties,
              format: properties,
              path: [name],
              source: properties.encode(value),
              sensitive,
            },
          ];
    return {
      changes: changesOf(
        [
          ...edit("flyUser", false, values.flyUser),
          // A token that is there goes, and its line stays: the script takes an empty one for none.
          ...edit("flyToken", true, byVariable ? "" : values.flyToken),
          {
            file: files.script,
            format: whole,
            path: [],
            source: initScript(url, target.mirrors ?? false),
            sensitive: false,
          },
        ],
        texts,
      ),
      warnings: byVariable ? [unsetVariable] : [],
      ...(byVariable && { variable: secretVariable }),
    };
  },

  status: (url, place, texts) => gradleStatus(url, requireUser(place), texts),

  verify: (target, fetch) => probeWithBasic(target.url, target, fetch),
});

/** What it was before: by variable, where our script is there and the file has a user without a token. */
function usualStyle(file: string, script: string, texts: Texts): "value" | "reference" {
  const has = (name: Property) => fileProperty(file, name, texts) !== undefined;
  return isOurs(script) && has("flyUser") && !has("flyToken") ? "reference" : "value";
}

/** @throws Problem `unsupported` */
function requireUser(place: Place): Place {
  if (place.scope === "user") return place;
  throw new Problem(
    "unsupported",
    "Gradle keeps no credentials of a project apart from the project's own files, which others see.",
    'Use scope "user".',
    { allowed: ["user"] },
  );
}
