/** What would keep a client from our setting, found by trying: the package manager is asked for its status again and again. */
import type { PackageManager } from "../../package-managers/package-manager.ts";
import { Problem } from "../../problem.ts";
import { type Example, placeOf, targetOf, textsAt } from "./example.ts";

export interface Outranked {
  /** A sentence each. */
  by: string[];
  /** Variables that say where its files are. */
  moved_by: string[];
}

/** Looked for by those that go through all variables, whose names are not to be seen. */
const hidden = [
  "npm_config_registry",
  "YARN_NPM_REGISTRY_SERVER",
  "YARN_NPM_AUTH_TOKEN",
  "TF_TOKEN_registry_example",
];

export function outranked(
  manager: PackageManager,
  { scope, texts }: Example,
  platform: NodeJS.Platform,
): Outranked {
  const { url } = targetOf(manager.ecosystem);
  const elsewhere = platform === "win32" ? "C:\\elsewhere" : "/elsewhere";
  const statusWith = (env: Record<string, string>, known = texts): string[] => {
    const place = placeOf(scope, platform, env);
    return manager.status(url, place, textsAt(manager, place, known)).shadowed_by;
  };
  const usual = statusWith({});
  const by = new Set<string>();
  const moved_by: string[] = [];
  for (const name of variablesOf(manager, url, placeOf(scope, platform), texts)) {
    const isMoved = filesWith(manager, scope, platform, { [name]: elsewhere }).some((file) =>
      file.startsWith(elsewhere),
    );
    if (isMoved) moved_by.push(name);
    else
      for (const sentence of triedWith(() => statusWith({ [name]: "https://other.example/" })))
        if (!usual.includes(sentence)) by.add(sentence);
  }
  for (const sentence of ofProject(manager, { scope, texts }, platform, statusWith))
    if (!usual.includes(sentence)) by.add(sentence);
  return { by: [...by], moved_by };
}

/** A project's own files, where they name another registry. */
function ofProject(
  manager: PackageManager,
  { scope, texts }: Pick<Example, "scope" | "texts">,
  platform: NodeJS.Platform,
  statusWith: (env: Record<string, string>, texts: Example["texts"]) => string[],
): string[] {
  if (scope === "project" || !manager.scopes.includes("project")) return [];
  const place = placeOf("project", platform);
  const own = manager.files(placeOf("user", platform));
  return triedWith(() => {
    const other = targetOf(manager.ecosystem, "other.example");
    const { changes } = manager.plan(other, place, textsAt(manager, place));
    const theirs = changes.filter(({ path }) => path.startsWith(place.project_dir ?? place.home));
    const all = new Map([...texts, ...theirs.map(({ path, after }) => [path, after] as const)]);
    return theirs.some(({ path }) => own.includes(path)) ? statusWith({}, all) : [];
  });
}

/** The names of the variables that a package manager looks for. */
function variablesOf(
  manager: PackageManager,
  url: string,
  place: ReturnType<typeof placeOf>,
  texts: Example["texts"],
): string[] {
  const names = new Set<string>();
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get(_none, name) {
        names.add(String(name));
        return undefined;
      },
      ownKeys() {
        for (const name of hidden) names.add(name);
        return [];
      },
    },
  );
  const watched = { ...place, env };
  manager.status(url, watched, textsAt(manager, watched, texts));
  return [...names].filter((name) => name !== "PATH").sort();
}

function filesWith(
  { files }: PackageManager,
  scope: Example["scope"],
  platform: NodeJS.Platform,
  env: Record<string, string>,
): readonly string[] {
  return triedWith(() => [...files(placeOf(scope, platform, env))]);
}

/** Nothing, where the value that is tried is one that is refused. */
function triedWith(act: () => string[]): string[] {
  try {
    return act();
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
