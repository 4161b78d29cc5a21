/** What would be written for either client. */
import type { Texts } from "../../disk/change.ts";
import { Problem } from "../../problem.ts";
import { changesOf } from "../edit.ts";
import { checkText, checkUsername, parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Draft, type Place, secretVariable, sourceName, type Target } from "../package-manager.ts";
import { readConfig, variableIn } from "./config.ts";
import { credentialEdits, publicSourceEdits, sourceEdit, writtenPassword } from "./entries.ts";
import { chosen, type NugetClient, nugetFiles } from "./files.ts";
import { unsetVariable } from "./status.ts";

/**
 * The source goes to the file of the scope; the credential always to the user's own, which no one commits.
 *
 * @param password the token, as it may stand in the file
 * @throws Problem `invalid_input`, `unsafe_location`, `file_unparsable`
 */
export function nugetPlan(
  client: NugetClient,
  target: Target,
  password: string,
  place: Place,
  texts: Texts,
): Draft {
  const url = parseRegistryUrl(target.url);
  const username = checkUsername(target.username);
  checkText("token", password);
  for (const [name, value] of [
    ["user name", username],
    ["token", password],
  ] as const) {
    if (!client.expands || !value.includes("%")) continue;
    throw new Problem(
      "invalid_input",
      `The ${name} holds a percent sign, with which NuGet begins the name of a variable.`,
      `Use a ${name} without one.`,
    );
  }
  const files = nugetFiles(client, place);
  const { user, folders } = files;
  const names = place.scope === "project" ? (folders[0] ?? []) : [];
  const sourceFile = chosen(names, texts) ?? names[0] ?? user;

  const current = writtenPassword(user, texts);
  const kept = !client.expands || target.style === "value" || !current ? undefined : variableIn(current);
  const variable = kept ?? (target.style === "reference" ? secretVariable : undefined);

  const replaces = target.mirrors === true && sourceFile === user;
  const edits = [
    ...(replaces ? [] : publicSourceEdits(client, user, texts)),
    sourceEdit(client, sourceFile, texts, url),
    ...credentialEdits(client, user, texts, username, variable === undefined ? password : `%${variable}%`),
  ];
  const former = readConfig(client, files, place, texts).sources.get(sourceName);
  return {
    changes: changesOf(edits, texts),
    warnings: variable === undefined ? [] : [unsetVariable(variable)],
    replaced_url:
      former === undefined || sameRegistry(former.url, url.href) ? undefined : withoutCredentials(former.url),
    variable,
  };
}
