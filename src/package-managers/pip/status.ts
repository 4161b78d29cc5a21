/** What pip's files say about one index. */
import type { Texts } from "../../disk/change.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Credential, credentialFor, netrcWarnings } from "../netrc/credential.ts";
import type { Place, Status } from "../package-manager.ts";
import { hasKeyring, keyringWarning } from "../python/keyring.ts";
import { storedFor } from "../store.ts";
import {
  asksKeyring,
  effective,
  environmentSetting,
  fileSetting,
  namesNoFile,
  ownFile,
  pipLayers,
  readsNothing,
  type Setting,
} from "./config.ts";

/** The files' settings that beat `[global]` for one command, and the commands that fetch packages. */
const commands = ["install", "download", "wheel"];

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function pipStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const inUse = effective("index-url", "install", place, texts);
  const credential = inUse ? credentialOf(index, inUse, place, texts) : {};
  return {
    configured: sameRegistry(inUse?.value, index) && credential.secret !== undefined,
    url: inUse && withoutCredentials(inUse.value),
    ...credential,
    shadowed_by: shadows(index, place, texts),
    warnings: [
      ...(inUse ? userWarnings(inUse, credential, place, texts) : []),
      ...otherSources(place, texts),
    ],
  };
}

/** pip takes user and password from the URL, else (a user name alone is enough to stop it) from netrc. */
function credentialOf(index: string, setting: Setting, place: Place, texts: Texts): Credential {
  const credential = credentialFor(setting.value, setting.where, place, texts);
  if (credential.secret || credential.username === undefined || !asksKeyring(place, texts)) return credential;
  const stored = hasKeyring(place, texts) ? storedFor(index, place, texts) : undefined;
  return stored?.username === credential.username && sameRegistry(setting.value, index)
    ? { ...credential, secret: stored.secret, where: place.store }
    : credential;
}

function shadows(index: string, place: Place, texts: Texts): string[] {
  if (readsNothing(place))
    return ["PIP_CONFIG_FILE names the null device: pip reads no configuration file at all."];
  const layers = pipLayers(place, texts);
  const above = layers.slice(layers.indexOf(ownFile(place, texts)) + 1);
  const settings = [
    environmentSetting(place, "index-url"),
    ...above.map((file) => fileSetting(file, "global", "index-url", texts)),
    ...layers.flatMap((file) => commands.map((command) => fileSetting(file, command, "index-url", texts))),
  ];
  const named = settings.flatMap((setting) => {
    if (!setting || sameRegistry(setting.value, index)) return [];
    const other = withoutCredentials(setting.value) ?? "something that is not a URL";
    const extent = commands.includes(setting.section) ? ` for \`pip ${setting.section}\`` : "";
    return [
      `${setting.where} sets another index${extent}, ${other}, and outranks the ${place.scope} configuration.`,
    ];
  });
  const none = effective("no-index", "install", place, texts);
  const off =
    none && /^(1|true|t|yes|y|on)$/i.test(none.value)
      ? [`${none.where} sets no-index: pip asks no index at all.`]
      : [];
  return [...named, ...off];
}

function userWarnings(
  { value, where }: Setting,
  { secret }: Credential,
  place: Place,
  texts: Texts,
): string[] {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url?.username) return url ? netrcWarnings(place, texts) : [];
  if (url.password) return [];
  return [
    secret
      ? keyringWarning("pip (23.1 or later)", place)
      : `The index in ${where} has a user name without a password, which keeps pip from looking into netrc.`,
  ];
}

function otherSources(place: Place, texts: Texts): string[] {
  const extra = effective("extra-index-url", "install", place, texts);
  return [
    ...(extra
      ? [
          `${extra.where} sets extra-index-url: pip asks those indexes too, and takes whichever has the highest version of a name.`,
        ]
      : []),
    ...(namesNoFile(place, texts)
      ? [
          "PIP_CONFIG_FILE does not name the absolute path of an existing file: pip reads the user's file as if it were not set.",
        ]
      : []),
  ];
}
