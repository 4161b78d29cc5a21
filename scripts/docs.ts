/** What of the docs follows from the code: tables in pages, and a page for each package manager. */
import { formOf } from "../src/config/choices.ts";
import { type SettingKey, settings } from "../src/config/settings.ts";
import type { PackageManager } from "../src/package-managers/package-manager.ts";
import { defaultComposerRepository, defaultNugetSources } from "../src/package-managers/public-registries.ts";
import { problemCodes } from "../src/problem.ts";
import { placeOf } from "../src/resources/guide/example.ts";
import { guideTo } from "../src/resources/guide/guide.ts";
import type { Tool } from "../src/tool.ts";
import { firstSentence } from "./manifests.ts";
import { troubleshooting } from "./troubleshooting.ts";

export interface Sources {
  /** The project's folder. */
  root: string;
  tools: readonly Tool[];
  packageManagers: readonly PackageManager[];
}

/** @returns page, name of the place in it, and what stands there */
export function blocks({ root, tools, packageManagers }: Sources): [string, string, string][] {
  return [
    [
      "README.md",
      "tools",
      table(
        ["tool", "effect", "what it does"],
        tools.map((tool) => [`\`${tool.name}\``, tool.effect, firstSentence(tool.description)]),
      ),
    ],
    [
      "README.md",
      "package managers",
      packageManagers.map(({ id, title }) => link(title, guide(id))).join(" · "),
    ],
    [
      "docs/adding-a-package-manager.md",
      "package managers",
      table(
        ["id", "sets up", "scopes", "secret styles", "proved by", "undo", "tested with"],
        packageManagers.map((one) => [
          link(`\`${one.id}\``, guide(one.id).slice("docs/".length)),
          [one.title, ...(one.also ?? [])].join(", "),
          one.scopes.join(", "),
          one.styles.join(", "),
          one.proof,
          "to the byte",
          one.tested,
        ]),
      ),
    ],
    [
      "docs/settings.md",
      "settings",
      table(
        ["variable", "what it decides"],
        (Object.keys(settings) as SettingKey[]).map((key) => [
          `\`${settings[key].env}\``,
          settings[key].about + formOf(key),
        ]),
      ),
    ],
    [
      "docs/errors.md",
      "codes",
      table(
        ["code", "meaning"],
        Object.entries(problemCodes).map(([code, meaning]) => [`\`${code}\``, meaning]),
      ),
    ],
    ["docs/troubleshooting.md", "problems", troubleshooting(root)],
  ];
}

/** @returns path and text of each page: what the resource `fly-tokens://package-managers/{id}/guide` says */
export function guides(packageManagers: readonly PackageManager[]): [string, string][] {
  return packageManagers.map((one) => [
    guide(one.id),
    `<!-- Written by \`npm run generate\`. -->\n${forEverybody(guideTo(one, "linux")).trimEnd()}\n`,
  ]);
}

/** This project names no registry's host and no path of a machine; who reads the resource is told them. */
function forEverybody(text: string): string {
  const { key, value } = defaultNugetSources.dotnet;
  const { home, program } = placeOf("user", "linux");
  const hosts = [new URL(value).hostname, key, defaultComposerRepository];
  return hosts
    .reduce((left, host) => left.replaceAll(host, "the-public-registry"), text)
    .replaceAll(home, "~")
    .replaceAll(program.join(" "), "fly-tokens");
}

const guide = (id: string) => `docs/package-managers/${id}.md`;

const link = (text: string, target: string) => `[${text}](${target})`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
