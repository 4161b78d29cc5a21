/** What PDM would use for one index. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry } from "../input.ts";
import { type Credential, credentialFor, netrcWarnings } from "../netrc/credential.ts";
import type { Place, Status } from "../package-manager.ts";
import { stringIn, tableIn, tomlFile } from "../python/toml-file.ts";
import {
  expanded,
  type Index,
  indexes,
  pathOf,
  pdmFiles,
  projectSources,
  publicIndexes,
  publicName,
  shown,
} from "./config.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function pdmStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const all = indexes(place, texts);
  const ours = all.find(({ url }) => sameRegistry(url, index));
  const credential = ours ? credentialOf(ours, place, texts) : {};
  const inUse = ours ?? all.find(({ name }) => name === publicName);
  return {
    configured: ours !== undefined && credential.secret !== undefined,
    url: inUse && shown(inUse.url),
    ...credential,
    shadowed_by: shadows(index, place, texts),
    warnings: ours && !credential.secret ? netrcWarnings(place, texts) : [],
  };
}

/** The login of the URL, else that of PDM's settings, else that of netrc. */
function credentialOf({ name, url, where }: Index, place: Place, texts: Texts): Credential {
  const { config } = pdmFiles(place);
  const own = tableIn(tomlFile(config, texts), ...pathOf(name));
  const { PDM_PYPI_USERNAME, PDM_PYPI_PASSWORD } = name === publicName ? place.env : {};
  const username = PDM_PYPI_USERNAME ?? stringIn(own, "username");
  const password = PDM_PYPI_PASSWORD ?? stringIn(own, "password");
  const found = credentialFor(expanded(url, place), where, place, texts);
  if (found.where === where || !password) return found;
  return {
    username,
    secret: new Secret(password),
    where: PDM_PYPI_PASSWORD === undefined ? config : "PDM_PYPI_PASSWORD",
  };
}

function shadows(index: string, place: Place, texts: Texts): string[] {
  const { config } = pdmFiles(place);
  const byProject =
    place.scope === "project" && projectSources(place, texts).some(({ url }) => sameRegistry(url, index));
  const [winner] = publicIndexes(place, texts);
  const ours = publicIndexes(place, texts).find(({ where }) => where === config);
  const source = projectSources(place, texts).find(({ name }) => name === publicName);
  const outranked =
    !byProject && ours && sameRegistry(ours.url, index)
      ? [source ?? winner].filter((one) => one !== undefined && !sameRegistry(one.url, index))
      : [];
  const own = tableIn(tomlFile(config, texts), publicName);
  const logins = ["username", "password"].flatMap((name) => {
    const variable = `PDM_PYPI_${name.toUpperCase()}`;
    const value = place.env[variable];
    return value !== undefined && value !== stringIn(own, name) ? [variable] : [];
  });
  return [
    ...outranked.map(
      (one) => `${one?.where} sets another index, ${shown(one?.url ?? "")}, and outranks ${config}.`,
    ),
    ...logins.map((variable) => `${variable} outranks every other login for the index called ${publicName}.`),
    ...(ignoresStored(place) && !byProject && ours === undefined
      ? [`PDM_IGNORE_STORED_INDEX is set: PDM asks no index that ${config} alone names.`]
      : []),
  ];
}

function ignoresStored({ env }: Place): boolean {
  return !/^(|0|no|false)$/i.test(env.PDM_IGNORE_STORED_INDEX ?? "");
}
