/** Where Gradle's own files are, and what outranks what in them (Gradle's manual, "Configuring the Build Environment"). */
import type { Texts } from "../../disk/change.ts";
import { properties } from "../../formats/properties.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import { type Place, secretVariable } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

export type Property = "flyUser" | "flyToken";

interface GradleFiles {
  /** The user's, which outranks that of a project. */
  properties: string;
  script: string;
  /** The project's. */
  project?: string;
}

export interface Setting {
  value: string;
  /** The file, or the environment variable. */
  where: string;
}

/** @throws Problem `invalid_input` when GRADLE_USER_HOME is no absolute path: Gradle reads it from where it is started */
export function gradleFiles({ env, home, platform, project_dir }: Place): GradleFiles {
  const { join, isAbsolute } = pathsOf({ platform });
  const folder = env.GRADLE_USER_HOME || join(home, ".gradle");
  if (!isAbsolute(folder)) {
    throw new Problem(
      "invalid_input",
      "GRADLE_USER_HOME is not an absolute path, so that Gradle's files are elsewhere in every folder.",
      "Set it to an absolute path, or unset it.",
    );
  }
  return {
    properties: join(folder, "gradle.properties"),
    script: join(folder, "init.d", "fly.init.gradle"),
    ...(project_dir !== undefined && { project: join(project_dir, "gradle.properties") }),
  };
}

/**
 * A property of one file, as Gradle has it.
 *
 * @throws Problem `file_unparsable`
 */
export function fileProperty(file: string, name: Property, texts: Texts): Setting | undefined {
  const source = readValue(properties, file, texts, [name]);
  const value = source === undefined ? undefined : properties.decode(source);
  return value ? { value, where: file } : undefined;
}

/** The variable that sets a property over every file. */
export function overridingVariable(name: Property): string {
  return `ORG_GRADLE_PROJECT_${name}`;
}

/**
 * What our script gets for a property, without what may stand on Gradle's command line.
 *
 * @throws Problem `file_unparsable`, `invalid_input`
 */
export function effective(name: Property, place: Place, texts: Texts): Setting | undefined {
  const files = gradleFiles(place);
  const variable = (where: string): Setting | undefined => {
    const value = place.env[where];
    return value ? { value, where } : undefined;
  };
  return (
    variable(overridingVariable(name)) ??
    fileProperty(files.properties, name, texts) ??
    (files.project === undefined ? undefined : fileProperty(files.project, name, texts)) ??
    (name === "flyToken" ? variable(secretVariable) : undefined)
  );
}
