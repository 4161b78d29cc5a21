/**
 * Writes what follows from the code: the index of each room, the API types, the lists in manifest.json, the tables in
 * README and docs. With `--check` it writes nothing and fails where a file differs.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString } from "openapi-typescript";
import { formOf } from "../src/config/choices.ts";
import { type SettingKey, settings } from "../src/config/settings.ts";
import { saidOf } from "../src/mcp/offers.ts";
import type { PackageManager } from "../src/package-managers/package-manager.ts";
import type { Prompt } from "../src/prompt.ts";
import type { Tool } from "../src/tool.ts";
import { blocks, guides } from "./docs.ts";
import { flyioApi } from "./flyio-api.ts";
import { installLine, launchOf } from "./install-links.ts";
import { manifests, type Package, server } from "./manifests.ts";

const root = new URL("../", import.meta.url);
const check = process.argv.includes("--check");
const stale: string[] = [];

function put(path: string, text: string): void {
  const url = new URL(path, root);
  const before = read(path);
  if (before === text) return;
  if (check) {
    stale.push(path);
    return;
  }
  mkdirSync(new URL(".", url), { recursive: true });
  writeFileSync(url, text);
}

function read(path: string): string {
  try {
    return readFileSync(new URL(path, root), "utf8");
  } catch {
    return "";
  }
}

const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The members of a room: each file that defines one. What stands in folders are their pieces. */
function members(room: string, definition: string): string[] {
  const names = readdirSync(new URL(room, root)).flatMap((name) =>
    name.endsWith(".ts") && !name.endsWith(".generated.ts") ? [name.slice(0, -3)] : [],
  );
  return names.filter((name) => read(`${room}/${name}.ts`).includes(` = ${definition}(`)).sort();
}

function writeIndex(
  room: string,
  list: string,
  type: string,
  contract: string,
  names: readonly string[],
): void {
  const imports = names.map((name) => `import { ${camel(name)} } from "./${name}.ts";`);
  const lines = [
    "// Written by `npm run generate`.",
    ...[...imports, `import type { ${type} } from "${contract}";`].sort((a, b) =>
      (a.split('"')[1] ?? "") < (b.split('"')[1] ?? "") ? -1 : 1,
    ),
    "",
    `export const ${list}: readonly ${type}[] = [${names.map(camel).join(", ")}]${["PackageManager", "Resource"].includes(type) ? "" : ` as never`};`,
  ];
  put(`${room}/index.generated.ts`, `${lines.join("\n")}\n`);
}

writeIndex("tools", "tools", "Tool", "../src/tool.ts", members("tools", "defineTool"));
writeIndex("prompts", "prompts", "Prompt", "../src/prompt.ts", members("prompts", "definePrompt"));
writeIndex(
  "src/resources",
  "resources",
  "Resource",
  "../resource.ts",
  members("src/resources", "defineResource"),
);
writeIndex(
  "src/package-managers",
  "packageManagers",
  "PackageManager",
  "./package-manager.ts",
  members("src/package-managers", "definePackageManager"),
);

writeIndex(
  "src/delivery",
  "deliveries",
  "Delivery",
  "./delivery.ts",
  members("src/delivery", "defineDelivery"),
);

writeIndex(
  "src/mcp-clients",
  "mcpClients",
  "McpClient",
  "./mcp-client.ts",
  members("src/mcp-clients", "defineMcpClient"),
);

put(
  "src/providers/local/api.generated.ts",
  `// Written by \`npm run generate\` from openapi/fly.yaml.\n${astToString(await openapiTypescript(new URL("openapi/fly.yaml", root)))}`,
);

put(
  "src/providers/jfrog/api.generated.ts",
  `// Written by \`npm run generate\` from openapi/jfrog-access.yaml.\n${astToString(await openapiTypescript(new URL("openapi/jfrog-access.yaml", root), { defaultNonNullable: false }))}`,
);

const flyioSources = ["openapi/flyio.graphql", "src/providers/flyio/operations.graphql"] as const;
put(
  "src/providers/flyio/api.generated.ts",
  await flyioApi(read(flyioSources[0]), read(flyioSources[1]), flyioSources.join(" and ")),
);

const { tools } = (await import("../tools/index.generated.ts")) as { tools: readonly Tool[] };
put(
  "tools/offers.generated.ts",
  `// Written by \`npm run generate\`.
import type { Offer } from "../src/offer.ts";

export const offers: readonly Offer[] = [
${members("tools", "defineTool")
  .map((file) => {
    const tool = tools.find(({ name }) => name === file.replaceAll("-", "_"));
    if (!tool) throw new Error(`tools/${file}.ts defines a tool of another name.`);
    return `  {\n    ...${JSON.stringify(saidOf(tool))},\n    load: async () => (await import("./${file}.ts")).${camel(file)} as never,\n  },`;
  })
  .join("\n")}
];
`,
);
const { prompts } = (await import("../prompts/index.generated.ts")) as { prompts: readonly Prompt[] };
const { packageManagers } = (await import("../src/package-managers/index.generated.ts")) as {
  packageManagers: readonly PackageManager[];
};

const about = JSON.parse(read("package.json")) as Package;
for (const [path, text] of Object.entries(manifests(about, tools, prompts))) put(path, text);

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function fill(path: string, name: string, text: string): void {
  const before = read(path);
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!before.includes(start) || !before.includes(end)) throw new Error(`${path} has no place for ${name}`);
  put(
    path,
    `${before.slice(0, before.indexOf(start) + start.length)}\n${text}\n${before.slice(before.indexOf(end))}`,
  );
}

fill("README.md", "install", installLine(server, launchOf(about.name, about.version)));
for (const [page, name, text] of blocks({ root: fileURLToPath(root), tools, packageManagers }))
  fill(page, name, text);
for (const [path, text] of guides(packageManagers)) put(path, text);
put(
  ".env.example",
  `${["# Every setting, with nothing set. Copy to .env, and start with --env-file .env to trust it.", ...(Object.keys(settings) as SettingKey[]).flatMap((key) => [`# ${settings[key].about}${formOf(key)}`, `${settings[key].env}=`])].join("\n")}\n`,
);

if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(", ")}. Run \`npm run generate\` and commit.\n`);
  process.exitCode = 1;
}
