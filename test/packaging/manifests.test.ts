/** Rules about the files that hosts and directories read: one version, one command, no secret in the open. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { manifests, type Package } from "../../scripts/manifests.ts";
import { secretKeys, settings } from "../../src/config/settings.ts";
import { version } from "../../src/version.ts";
import { tools } from "../../tools/index.generated.ts";
import { bundleManifest, geminiExtension, marketplace, plugin, serverJson } from "./forms.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const json = (path: string): unknown => JSON.parse(read(path));
const about = json("package.json") as Package & { bin: Record<string, string> };

const parsed = {
  bundle: bundleManifest.parse(json("manifest.json")),
  registry: serverJson.parse(json("server.json")),
  plugin: plugin.parse(json(".claude-plugin/plugin.json")),
  marketplace: marketplace.parse(json(".claude-plugin/marketplace.json")),
  gemini: geminiExtension.parse(json("gemini-extension.json")),
};
const launch = { command: "npx", args: ["-y", `${about.name}@${version}`] };
const secretNames = new Set<string>(secretKeys.map((key) => settings[key].env));

it("every manifest follows from package.json: another version there is another one in all of them", () => {
  for (const [path, text] of Object.entries(manifests({ ...about, version: "9.8.7" }, tools, prompts))) {
    expect(text.split(version), path).toHaveLength(1);
    expect(text, path).toContain('"version": "9.8.7"');
  }
});

describe("the version", () => {
  it("is one, wherever it stands", () => {
    const lock = json("package-lock.json") as {
      version: string;
      packages: Record<string, { version?: string }>;
    };
    const [entry] = parsed.registry.packages;
    const versions = {
      "package.json": about.version,
      "package-lock.json": lock.version,
      "package-lock.json, the package": lock.packages[""]?.version,
      "manifest.json": parsed.bundle.version,
      "server.json": parsed.registry.version,
      "server.json, the package": entry?.version,
      "plugin.json": parsed.plugin.version,
      "marketplace.json": parsed.marketplace.plugins[0]?.version,
      "gemini-extension.json": parsed.gemini.version,
      "what the program says": version,
    };
    expect(Object.entries(versions).filter(([, one]) => one !== about.version)).toEqual([]);
  });

  it.each(["README.md", "docs/install.md"])("is the one that %s pins", (path) => {
    const pinned = [...read(path).matchAll(/fly-tokens-mcp(?:@|%40)(\d+\.\d+\.\d+)/g)].map(([, one]) => one);
    expect(pinned).not.toEqual([]);
    expect(pinned.filter((one) => one !== version)).toEqual([]);
  });
});

describe("what is started", () => {
  it("is the published package, by every host that fetches it", () => {
    expect(parsed.gemini.mcpServers["fly-tokens"]).toEqual(launch);
    expect(parsed.plugin.mcpServers["fly-tokens"]).toMatchObject(launch);
    expect(parsed.registry.packages[0]).toMatchObject({ identifier: about.name, version });
    expect(parsed.registry.name).toBe(about.mcpName);
  });

  it("is a program of the package's name, which is what npx, bunx and others look for", () =>
    expect(about.bin[about.name]).toBe(parsed.bundle.server.entry_point));

  it("is the same behind each link of the README", () => {
    const links = [...read("README.md").matchAll(/\]\((https:\/\/(?:cursor|insiders)[^)]+)\)/g)];
    const decoded = links.map(([, link = ""]) => {
      const { hostname, searchParams } = new URL(link);
      const config = searchParams.get("config") ?? "";
      const text = hostname === "cursor.com" ? Buffer.from(config, "base64").toString() : config;
      return { hostname, name: searchParams.get("name"), ...(JSON.parse(text) as object) };
    });
    expect(decoded).toEqual(
      ["cursor.com", "insiders.vscode.dev", "insiders.vscode.dev"].map((hostname) => ({
        hostname,
        name: "fly-tokens",
        ...launch,
      })),
    );
  });
});

describe("what a host asks for", () => {
  const { mcp_config } = parsed.bundle.server;
  const forms = [
    ["the bundle", mcp_config.env, parsed.bundle.user_config],
    ["the plugin", parsed.plugin.mcpServers["fly-tokens"]?.env ?? {}, parsed.plugin.userConfig],
  ] as const;

  it.each(forms)(
    "%s hands on exactly what it asks for, each as one variable of a setting",
    (_, env, config) => {
      expect(Object.values(env)).toEqual(Object.keys(config).map((key) => `\${user_config.${key}}`));
      const known = Object.values(settings).map((setting) => setting.env as string);
      expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([]);
    },
  );

  it.each(forms)("%s keeps every secret in the keychain, and nothing else", (_, env, config) => {
    const sensitive = Object.entries(env).filter(
      ([, placeholder]) => config[placeholder.slice("${user_config.".length, -1)]?.sensitive,
    );
    expect(sensitive.map(([name]) => name)).toEqual(Object.keys(env).filter((name) => secretNames.has(name)));
    expect(sensitive.length).toBeGreaterThan(0);
  });

  it("Gemini and the registry of servers know the same secrets", () => {
    for (const { envVar, sensitive = false } of parsed.gemini.settings)
      expect(sensitive, envVar).toBe(secretNames.has(envVar));
    for (const { name, isSecret, isRequired } of parsed.registry.packages[0]?.environmentVariables ?? []) {
      expect(isSecret, name).toBe(secretNames.has(name));
      expect(isRequired, name).toBe(false);
    }
  });

  it("no secret is an argument", () => {
    for (const args of [mcp_config.args, parsed.plugin.mcpServers["fly-tokens"]?.args ?? []])
      expect(args.filter((arg) => arg.includes("user_config"))).toEqual([]);
  });
});

it("nothing runs when the package is installed", () => {
  const { scripts } = json("package.json") as { scripts: Record<string, string> };
  const hooks = /^(pre|post)?(install|uninstall|prepare|pack|publish|publishOnly)$/;
  expect(Object.keys(scripts).filter((name) => hooks.test(name))).toEqual([]);
});
