/** PDM's settings as PDM reads them: where they are, which outranks which (pdm-project.org, "Configure PDM"). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { withoutCredentials } from "../input.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, projectFolder, xdgConfigFolder } from "../paths.ts";
import { stringIn, tableIn, tablesIn, tomlFile } from "../python/toml-file.ts";

interface PdmFiles {
  config: string;
  project?: { pyproject: string; settings: string[] };
}

/** One index that PDM asks. */
export interface Index {
  /** The name by which a login in PDM's own file belongs to it. */
  name: string;
  url: string;
  where: string;
}

/** The name of the index that stands for the public one. */
export const publicName = "pypi";

/** @throws Problem `invalid_input` for a project without its folder */
export function pdmFiles(place: Place): PdmFiles {
  const { join } = pathsOf(place);
  const root = place.scope === "project" ? projectFolder(place) : place.project_dir;
  return {
    config: place.env.PDM_CONFIG_FILE || join(configFolder(place), "config.toml"),
    ...(root !== undefined && {
      project: {
        pyproject: join(root, "pyproject.toml"),
        // The second is that of PDM 2.5 and earlier, which later ones read as well.
        settings: [join(root, "pdm.toml"), join(root, ".pdm.toml")],
      },
    }),
  };
}

/** The path of an index's settings in PDM's own file. */
export function pathOf(name: string): string[] {
  return name === publicName ? [publicName] : [publicName, name];
}

/**
 * The sources of the project, in its order.
 *
 * @throws Problem `file_unparsable`
 */
export function projectSources(place: Place, texts: Texts): Index[] {
  const { project } = pdmFiles(place);
  if (!project) return [];
  const { pyproject: where } = project;
  return tablesIn(tableIn(tomlFile(where, texts), "tool", "pdm"), "source").flatMap((source) => {
    const url = stringIn(source, "url");
    return url === undefined ? [] : [{ name: stringIn(source, "name") ?? "", url, where }];
  });
}

/**
 * What stands for the public index: the environment, else the project's settings, else the user's; highest first.
 *
 * @throws Problem `file_unparsable`
 */
export function publicIndexes(place: Place, texts: Texts): Index[] {
  const { config, project } = pdmFiles(place);
  const { PDM_PYPI_URL } = place.env;
  const files = [...(project?.settings ?? []), config].flatMap((where) => {
    const url = stringIn(tableIn(tomlFile(where, texts), publicName), "url");
    return url === undefined ? [] : [{ name: publicName, url, where }];
  });
  return [
    ...(PDM_PYPI_URL ? [{ name: publicName, url: PDM_PYPI_URL, where: "PDM_PYPI_URL" }] : []),
    ...files,
  ];
}

/**
 * Every index that PDM asks.
 *
 * @throws Problem `file_unparsable`
 */
export function indexes(place: Place, texts: Texts): Index[] {
  const sources = projectSources(place, texts);
  const { config } = pdmFiles(place);
  const stored = Object.entries(tableIn(tomlFile(config, texts), publicName)).flatMap(([name, table]) => {
    const url = stringIn(tableIn(table), "url");
    return url === undefined ? [] : [{ name, url, where: config }];
  });
  return [...sources, ...publicIndexes(place, texts).slice(0, 1), ...stored].filter(
    ({ name }, index, all) => all.findIndex((one) => one.name === name) === index,
  );
}

/** The URL with the variables in it that PDM puts in, `${NAME}` in its login. */
export function expanded(url: string, { env }: Place): string {
  const login = /^[a-z+]+:\/\/([^@/]*)@/i.exec(url)?.[1];
  if (login === undefined) return url;
  return url.replace(login, () => login.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole));
}

export function shown(url: string): string {
  return withoutCredentials(url) ?? "something that is not a URL";
}

function configFolder(place: Place): string {
  const { home, env, platform } = place;
  if (platform === "win32")
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData/Local"), "pdm", "pdm");
  if (platform === "darwin") return posix.join(home, "Library/Application Support/pdm");
  return posix.join(xdgConfigFolder(place), "pdm");
}
