/** Maven: a server with the credential, a profile with the repository, and a mirror where that has the public packages. */
import type { Texts } from "../disk/change.ts";
import { xml } from "../formats/xml.ts";
import { Problem } from "../problem.ts";
import { probeWithBasic } from "./basic-probe.ts";
import { changesOf, readValue } from "./edit.ts";
import { checkText, checkUsername, parseRegistryUrl, withoutCredentials } from "./input.ts";
import {
  activationEdit,
  mirrorEdit,
  mirrorPath,
  passwordIn,
  profileEdit,
  rootEdits,
  serverEdit,
  serverPath,
} from "./maven/entries.ts";
import { expandVariables, mavenFiles, readSettings, variableIn } from "./maven/settings.ts";
import { mavenStatus, unsetVariable } from "./maven/status.ts";
import { definePackageManager, secretVariable, sourceName, type Target } from "./package-manager.ts";

export const maven = definePackageManager({
  id: "maven",
  title: "Maven",
  tool: "mvn",
  ecosystem: "maven",
  signs: ["pom.xml", ".mvn", "mvnw"],
  proof: "repository root",
  tested: "Maven 3.8",
  symptom: "mvn says `Could not transfer artifact`, or `authentication failed`, with `401 Unauthorized`.",
  scopes: ["user"],
  styles: ["value", "reference"],

  files(place) {
    const { user, global, project } = mavenFiles(place);
    return [...new Set([user, global, project].flatMap((file) => file ?? []))];
  },

  plan(target, place, texts) {
    const { url, username, token } = checked(target);
    const files = mavenFiles(place);
    const { user } = files;
    const { deployers } = readSettings(files, place, texts);

    const written = passwordIn(readValue(xml, user, texts, serverPath));
    const current = written === undefined ? undefined : variableIn(written);
    const kept = target.style === "value" ? undefined : current;
    const variable = kept ?? (target.style === "reference" ? secretVariable : undefined);
    const password = variable === undefined ? token : `\${env.${variable}}`;
    const others = deployers.filter((id) => id !== sourceName);
    const deploys = target.publishes !== false && others.length === 0;

    const edits = [
      ...rootEdits(user, texts),
      serverEdit(user, texts, username, password),
      ...(target.mirrors ? [mirrorEdit(user, texts, url)] : []),
      profileEdit(user, texts, url, deploys),
      activationEdit(user, texts),
    ];
    return {
      changes: changesOf(edits, texts),
      warnings: [
        ...(deploys
          ? [
              `\`mvn deploy\` goes to ${url} for every project on this machine, instead of where the project says.`,
            ]
          : []),
        ...(others.length > 0
          ? [
              `\`mvn deploy\` goes where the profile \`${others[0]}\` says, as before; give -DaltDeploymentRepository=${sourceName}::default::${url} to publish there.`,
            ]
          : []),
        ...(variable === undefined ? [] : [unsetVariable(variable)]),
      ],
      replaced_url: target.mirrors ? formerMirror(url, user, texts, place.env) : undefined,
      variable,
    };
  },

  status: mavenStatus,

  verify: (target, fetch) => probeWithBasic(`${target.url.replace(/\/*$/, "")}/`, target, fetch),
});

/** @throws Problem `invalid_input`, `unsafe_location` */
function checked(target: Target): { url: string; username: string; token: string } {
  const url = parseRegistryUrl(target.url).href.replace(/\/+$/, "");
  const username = checkUsername(target.username);
  const token = checkText("token", target.secret.reveal());
  // Maven puts in the values of references everywhere, and takes what stands in braces for a password that it encrypted.
  for (const [name, value] of [
    ["registry URL", url],
    ["user name", username],
    ["token", token],
  ] as const) {
    if (/[{}]|^\s|\s$/.test(value)) {
      throw new Problem(
        "invalid_input",
        `The ${name} holds braces, or white space at an end, which Maven does not take as they are.`,
        `Use a ${name} without them.`,
      );
    }
  }
  return { url, username, token };
}

/** Where a mirror of our name led before. */
function formerMirror(
  url: string,
  file: string,
  texts: Texts,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const source = readValue(xml, file, texts, [...mirrorPath, "url"]);
  const text = source === undefined ? undefined : xml.decode(source.replace(/^<[^>]*>|<[^>]*>$/g, ""));
  const former = text === undefined ? undefined : withoutCredentials(expandVariables(text.trim(), env));
  return former?.replace(/\/+$/, "") === url ? undefined : former;
}
