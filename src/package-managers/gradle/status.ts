/** What Gradle's files say about one repository. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry } from "../input.ts";
import { type Place, type Status, secretVariable } from "../package-manager.ts";
import { effective, fileProperty, gradleFiles, overridingVariable, type Property } from "./files.ts";
import { isOurs, urlOf } from "./script.ts";

const names: readonly Property[] = ["flyUser", "flyToken"];

/** @throws Problem `invalid_input`, `unsafe_location`, `file_unparsable` */
export function gradleStatus(registry: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(registry);
  const { script } = gradleFiles(place);
  const text = texts.get(script) ?? "";
  const url = urlOf(text);
  const user = effective("flyUser", place, texts);
  const token = effective("flyToken", place, texts);
  return {
    configured: sameRegistry(url, registry) && user !== undefined && token !== undefined,
    url,
    username: user?.value,
    secret: token && new Secret(token.value),
    where: token?.where,
    shadowed_by: [...names.flatMap((name) => shadows(name, place, texts)), ...switches(place)],
    warnings: [
      ...(text !== "" && !isOurs(text) ? [`${script} is not ours, and is left as it is.`] : []),
      ...(url !== undefined && token === undefined ? [unsetVariable] : []),
    ],
  };
}

/** What a build does where the variable behind a reference is missing. */
export const unsetVariable = `The token is read from the environment variable ${secretVariable}: a build without it goes on as if there were no repository of this name.`;

function shadows(name: Property, place: Place, texts: Texts): string[] {
  const files = gradleFiles(place);
  const ours = fileProperty(files.properties, name, texts);
  const variable = overridingVariable(name);
  const above = place.env[variable];
  const overridden =
    above && above !== ours?.value ? [`${variable} sets \`${name}\`, and outranks ${files.properties}.`] : [];
  // Where the user's file has the property, the project's does not count.
  const project = files.project === undefined || ours ? undefined : fileProperty(files.project, name, texts);
  return [
    ...overridden,
    ...(project ? [`${project.where} sets \`${name}\`, and outranks the variable ${secretVariable}.`] : []),
  ];
}

/** Options of the Java machine that move Gradle's folder, or set properties. Their values may be secrets. */
function switches({ env }: Place): string[] {
  return ["GRADLE_OPTS", "JAVA_OPTS"].flatMap((variable) =>
    ["gradle.user.home", ...names.map((name) => `org.gradle.project.${name}`)]
      .filter((option) => env[variable]?.includes(`-D${option}=`))
      .map((option) => `${variable} has -D${option}, which outranks Gradle's files.`),
  );
}
