/** A package manager's guide, in Markdown, made from its own definition: what it says is what the program does. */
import type { PackageManager, SecretStyle } from "../../package-managers/package-manager.ts";
import { Problem } from "../../problem.ts";
import { type Example, exampleOf, homeOn, token, user } from "./example.ts";
import { outranked } from "./outranked.ts";

const styleWords: Record<SecretStyle, string> = {
  value: "the token stands in the client's own file, which is 0600",
  reference: "the client's file holds no token: it stands in netrc, or in an environment variable",
  helper: "the client asks `fly-tokens credential-helper`, which has the token in a 0600 store of its own",
};

/** @param platform whose paths are shown; those of nobody's machine */
export function guideTo(manager: PackageManager, platform: NodeJS.Platform): string {
  const { id, title, tool, also = [], scopes, styles } = manager;
  const names = [title, ...also].join(", ");
  const examples = scopes.flatMap((scope) =>
    styles.map((style) => ({ scope, style, example: exampleOf(manager, scope, style, platform) })),
  );
  const [first] = examples.flatMap(({ example }) => (example instanceof Problem ? [] : [example]));
  const refusals = examples.flatMap(({ scope, example }) =>
    example instanceof Problem ? [`Scope ${scope}: ${example.message} ${example.fix}`] : [],
  );
  const sections = [
    `# ${names}: a registry, with a token`,
    `In what follows, \`registry.example\` stands for the registry, \`${user}\` for the token's user name, \`${token}\` for its value, and \`~\` for your home folder. The value is a secret: do not put it into a chat, a command line or a file that git tracks.`,
    // As targetOf makes it. By hand, a mirror of the public packages that has none of them breaks every build.
    "The registry here has the public packages as well, and the token may publish. Yours may have another path, or need fewer lines (the local registry, for one, has no public Maven packages): dry_run shows what is right for it.",
    `## By tool\n\n${byTool(manager)}`,
    `## What is written\n\nScopes: ${scopes.join(", ")}. Secret styles, the usual one first:\n\n${styles.map((style) => `- \`${style}\`: ${styleWords[style]}`).join("\n")}`,
    ...examples.flatMap(({ example }) => (example instanceof Problem ? [] : [exampleIn(example)])),
    ...new Set(refusals),
    `## How it is proved\n\nBy one real request with the token (${manager.proof}). ${manager.symptom} check_package_manager with manager "${id}" says which token is used, whether it works, and why not. Tested with ${manager.tested}.`,
    ...(first ? [whatOutranks(manager, first, platform)] : []),
    `## Undo\n\nrestore_package_manager with manager "${id}", or with the restore_id that the set-up gave: the former bytes return, and what you have edited since stays. The token lives on until revoke_token ends it.`,
    `It is used where \`${tool}\` is on PATH${manager.signs.length > 0 ? `, in projects with ${manager.signs.map((sign) => `\`${sign}\``).join(", ")}` : ""}.`,
  ];
  return `${shortened(sections.join("\n\n"), homeOn(platform))}\n`;
}

function byTool({ id, scopes }: PackageManager): string {
  const scope = scopes.includes("user") ? "" : `, scope "project" and project_dir`;
  return [
    `1. configure_package_manager with manager "${id}"${scope} and dry_run true shows what would change.`,
    "2. The same without dry_run mints a token, writes the file, and tries it with a real request; if that fails, all is put back. With permission read_write it may publish, too.",
    "3. Nobody has to see the token, and nobody has to edit a file by hand.",
  ].join("\n");
}

function exampleIn({ scope, style, files, warnings, variable }: Example): string {
  const fence = "```";
  return [
    `### Scope ${scope}, style ${style}`,
    ...files.map(({ path, text }) => `\`${path}\`\n\n${fence}\n${text.trim()}\n${fence}`),
    ...(variable === undefined ? [] : [`The environment variable \`${variable}\` has to hold the token.`]),
    ...warnings.map((warning) => `- ${warning}`),
  ].join("\n\n");
}

function whatOutranks(manager: PackageManager, example: Example, platform: NodeJS.Platform): string {
  const { by, moved_by } = outranked(manager, example, platform);
  return [
    "## What outranks it",
    by.length > 0
      ? by.map((sentence) => `- ${sentence}`).join("\n")
      : "None of the environment variables that it looks at does so by itself.",
    ...(moved_by.length > 0
      ? [`Its files are elsewhere where these are set: ${moved_by.map((name) => `\`${name}\``).join(", ")}.`]
      : []),
    "What does so on a certain machine, check_package_manager says there (shadowed_by).",
  ].join("\n\n");
}

/** A path outside of what stands in a file, where nobody would put `~` back. */
function shortened(text: string, home: string): string {
  const parts = text.split("```");
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll(home, "~") : part)).join("```");
}
