/** What twine would upload with, and to where, when it is told `--repository fly`. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { uploadUrl } from "../python/simple-index.ts";
import { pypircFile, repositoryValue, serverNames } from "./pypirc.ts";

export const passwordVariable = "TWINE_PASSWORD";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function twineStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const file = pypircFile(place);
  const known = serverNames(file, texts).includes(sourceName);
  const ownValue = (key: string) => (known ? repositoryValue(sourceName, key, file, texts) : undefined);
  const url = place.env.TWINE_REPOSITORY_URL || ownValue("repository");
  // With a URL from the environment twine does not look into the file at all.
  const inFile = (key: string) => (place.env.TWINE_REPOSITORY_URL ? undefined : ownValue(key));
  const username = place.env.TWINE_USERNAME ?? inFile("username");
  const password = place.env[passwordVariable] ?? inFile("password");
  const where = place.env[passwordVariable] === undefined ? file : passwordVariable;
  return {
    configured: sameRegistry(url, uploadUrl({ url: index })) && username !== undefined && Boolean(password),
    url: url && withoutCredentials(url),
    username,
    ...(password && { secret: new Secret(password), where }),
    shadowed_by: known ? shadows(index, file, place, texts) : [],
    warnings:
      known && !place.env.TWINE_REPOSITORY_URL && !password
        ? [
            `twine takes the token from the environment variable ${passwordVariable}, which is not set here: it asks for it.`,
          ]
        : [],
  };
}

function shadows(index: string, file: string, place: Place, texts: Texts): string[] {
  const { TWINE_REPOSITORY_URL: url, TWINE_USERNAME, TWINE_PASSWORD } = place.env;
  const differs = (key: string, value: string | undefined) => {
    const own = repositoryValue(sourceName, key, file, texts);
    return value !== undefined && Boolean(own) && own !== value;
  };
  return [
    ...(url && !sameRegistry(url, uploadUrl({ url: index }))
      ? [
          `TWINE_REPOSITORY_URL sends every upload to ${withoutCredentials(url) ?? "something that is not a URL"}, whatever --repository says.`,
        ]
      : []),
    ...(differs("username", TWINE_USERNAME) ? [`TWINE_USERNAME outranks the user name in ${file}.`] : []),
    ...(differs("password", TWINE_PASSWORD) ? [`${passwordVariable} outranks the token in ${file}.`] : []),
  ];
}
