/** What Poetry would use for one index. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { type Place, type Status, sourceName } from "../package-manager.ts";
import { uploadUrl } from "../python/simple-index.ts";
import { stringIn } from "../python/toml-file.ts";
import {
  effective,
  fileForUploads,
  fileSetting,
  passwordPath,
  poetryFiles,
  type Setting,
  settingFiles,
  uploadPath,
  usernamePath,
  variableOf,
} from "./config.ts";
import { ownSource, sourcesOf } from "./source.ts";

/** @throws Problem `invalid_input`, `file_unparsable` */
export function poetryStatus(index: string, place: Place, texts: Texts): Status {
  parseRegistryUrl(index);
  const { project } = poetryFiles(place);
  const upload = effective(uploadPath, place, texts)?.value;
  const source = project && ownSource(project, texts);
  const inProject = place.scope === "project";
  const routed = inProject ? sameRegistry(source, index) : sameRegistry(upload, uploadUrl({ url: index }));
  const username = effective(usernamePath, place, texts)?.value;
  const password = effective(passwordPath, place, texts);
  const url = inProject ? source : upload;
  return {
    configured: routed && Boolean(username) && Boolean(password?.value),
    url: url && withoutCredentials(url),
    username,
    ...(password?.value && { secret: new Secret(password.value), where: password.where }),
    shadowed_by: [...shadows(index, place, texts), ...elsewhere(index, place, texts)],
    warnings: otherSources(place, texts),
  };
}

/** What outranks Poetry's own two files. */
function shadows(index: string, place: Place, texts: Texts): string[] {
  const { config, auth } = poetryFiles(place);
  const above = settingFiles(place).filter((file) => file !== config && file !== auth);
  const outranking = (path: readonly string[], own: string): Setting[] => {
    const ours = fileSetting(own, path, texts)?.value;
    const value = place.env[variableOf(...path)];
    const all = [
      ...above.map((file) => fileSetting(file, path, texts)),
      ...(value === undefined ? [] : [{ value, where: variableOf(...path) }]),
    ];
    return all.filter((one): one is Setting => one !== undefined && ours !== undefined && one.value !== ours);
  };
  return [
    ...outranking(uploadPath, fileForUploads(place, texts))
      .filter(({ value }) => !sameRegistry(value, uploadUrl({ url: index })))
      .map(
        ({ value, where }) =>
          `${where} sends what is published to ${sourceName} to ${withoutCredentials(value) ?? "something that is not a URL"}.`,
      ),
    // Poetry 1.3 still takes the file's login first; its successors go by the variable.
    ...[...outranking(usernamePath, auth), ...outranking(passwordPath, auth)].map(
      ({ where }) => `${where} outranks the login in ${auth}.`,
    ),
  ];
}

/** A token for uploads, which Poetry prefers to user and password, and variables that hide all repositories. */
function elsewhere(index: string, place: Place, texts: Texts): string[] {
  const token = effective(["pypi-token", sourceName], place, texts);
  const others = Object.keys(place.env).filter(
    (name) =>
      /^POETRY_REPOSITORIES_[A-Z_]+_URL$/.test(name) &&
      name !== variableOf(...uploadPath) &&
      !sameRegistry(place.env[name], uploadUrl({ url: index })),
  );
  return [
    ...(token
      ? [`${token.where} has a pypi-token for ${sourceName}, which Poetry prefers when it publishes.`]
      : []),
    ...others.map(
      (name) => `${name} is set: Poetry then knows only repositories that the environment names.`,
    ),
  ];
}

function otherSources(place: Place, texts: Texts): string[] {
  const { project } = poetryFiles(place);
  if (!project || place.scope !== "project") return [];
  const others = sourcesOf(project, texts).filter(
    (source) => source.name !== sourceName && (source.default === true || source.priority === "default"),
  );
  return others.map(
    (source) => `${project.pyproject} has a default source, ${stringIn(source, "name") ?? "without a name"}.`,
  );
}
