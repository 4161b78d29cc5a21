/** What NuGet's files say about one registry. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { type Credential, type NugetConfig, readConfig, type Source, variableIn } from "./config.ts";
import { type NugetClient, nugetFiles } from "./files.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function nugetStatus(client: NugetClient, url: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(url);
  const files = nugetFiles(client, place);
  const config = readConfig(client, files, place, texts);
  const source = sourceFor(url, config);
  const name = source?.name ?? sourceName;
  const stored = config.credentials.get(name.toLowerCase());
  const credential = environmentCredential(name, place) ?? stored;
  const secret = credential && secretIn(credential);
  const obstacles = source ? sourceObstacles(source, config) : replaced(url, config);
  const other = [...config.sources].find(([key]) => !config.disabled.has(key))?.[1];
  return {
    configured: source !== undefined && obstacles.length === 0 && secret !== undefined,
    url: withoutCredentials((source ?? other)?.url ?? ""),
    username: credential?.username || undefined,
    secret,
    where: credential && (variableIn(credential.written) ?? credential.where),
    shadowed_by: [
      ...obstacles,
      ...credentialShadows(name, files.user, stored, credential, client, place, texts),
    ],
    warnings: credential ? warningsAbout(credential) : [],
  };
}

/** Ours, or another source that leads to the same registry. */
function sourceFor(url: string, { sources }: NugetConfig): Source | undefined {
  const ours = sources.get(sourceName);
  if (sameRegistry(ours?.url, url)) return ours;
  return [...sources.values()].find((source) => sameRegistry(source.url, url));
}

function sourceObstacles({ name }: Source, { disabled, mapped }: NugetConfig): string[] {
  const off = disabled.get(name.toLowerCase());
  const [mapping] = mapped.values();
  return [
    ...(off ? [`${off.where} has the source \`${name}\` among the disabled ones.`] : []),
    ...(mapping && !mapped.has(name.toLowerCase())
      ? [
          `${mapping.where} maps packages to sources, and none to \`${name}\`: NuGet never asks it. Add <packageSource key="${name}"> with its patterns to packageSourceMapping.`,
        ]
      : []),
  ];
}

/** What became of our source, where files nearer to the project have their own. */
function replaced(url: string, { sources, cleared }: NugetConfig): string[] {
  const ours = sources.get(sourceName);
  if (ours && !sameRegistry(ours.url, url)) {
    const other = withoutCredentials(ours.url) ?? "something that is not a URL";
    return [`${ours.where} has a source \`${ours.name}\` that leads to ${other}.`];
  }
  return cleared.map(
    (file) => `${file} clears the sources of the files above it, those of the user among them.`,
  );
}

function credentialShadows(
  name: string,
  user: string,
  stored: Credential | undefined,
  used: Credential | undefined,
  client: NugetClient,
  place: Place,
  texts: Texts,
): string[] {
  const own = readConfig(client, { user, folders: [] }, place, texts).credentials.get(name.toLowerCase());
  const inProject = own !== undefined && stored?.where !== user;
  return [
    ...(inProject
      ? [
          stored
            ? `${stored.where} has another credential for the source \`${name}\`, and outranks the user's file.`
            : `A file of the project clears the credentials of the user's file.`,
        ]
      : []),
    ...(used && used !== stored && used.password !== stored?.password
      ? [`${used.where} holds another credential for the source \`${name}\`, and outranks every file.`]
      : []),
  ];
}

/** `Username=…;Password=…`; anything else is passed over in silence, by NuGet as by us. */
function environmentCredential(name: string, { env }: Place): Credential | undefined {
  const where = `NuGetPackageSourceCredentials_${name}`;
  const [, username, password] =
    /^Username=(.*?);\s*Password=(.*?)(?:;\s*ValidAuthenticationTypes=.*)?$/i.exec(
      env[where]?.trim() ?? "",
    ) ?? [];
  return username === undefined || password === undefined
    ? undefined
    : { username, password, written: password, encrypted: false, where };
}

function secretIn({ written, password, encrypted }: Credential): Secret | undefined {
  const isUnset = variableIn(written) !== undefined && password === written;
  return encrypted || isUnset || password === "" ? undefined : new Secret(password);
}

function warningsAbout({ written, password, encrypted, where }: Credential): string[] {
  const variable = variableIn(written);
  return [
    ...(variable !== undefined && password === written ? [unsetVariable(variable)] : []),
    ...(encrypted ? [`The password in ${where} is encrypted by Windows, and cannot be checked.`] : []),
  ];
}

/** What dotnet does where the variable behind a reference is missing. */
export function unsetVariable(variable: string): string {
  return `The token is read from the environment variable ${variable}: where it is not set, dotnet sends the reference itself and gets 401.`;
}
