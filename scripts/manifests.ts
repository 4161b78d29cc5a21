/** What each host and directory reads about this program, all from package.json, the settings, the tools and the prompts. */
import { choicesOf, isSwitch } from "../src/config/choices.ts";
import { type SettingKey, settings } from "../src/config/settings.ts";
import type { Prompt } from "../src/prompt.ts";
import type { Tool } from "../src/tool.ts";
import { launchOf } from "./install-links.ts";

export interface Package {
  name: string;
  version: string;
  description: string;
  author: string;
  license: string;
  keywords: readonly string[];
  mcpName: string;
  engines: { node: string };
}

interface Setting {
  env: string;
  about: string;
  secret?: true;
  preset?: unknown;
}

/** What hosts call the server, and people the product. */
export const server = "fly-tokens";
const title = "Fly tokens";

/** The settings that a host asks a person for, in that person's words. The others are for who reads the docs. */
const asked: Partial<Record<SettingKey, { title: string; about?: string }>> = {
  local_url: { title: "Local registry" },
  local_key: { title: "Key at the local registry", about: "Only for a registry that somebody else runs" },
  confirm: { title: "Confirmation" },
  inline_secrets: { title: "Secrets in results" },
  read_only: { title: "Read only" },
  fly_api_token: {
    title: "Fly.io token",
    about: "If you use Fly.io and flyctl is not logged in: a user's token",
  },
  jfrog_url: { title: "JFrog Fly", about: "Your team's platform, https://SUBDOMAIN.jfrog.io, if you use it" },
  jfrog_access_token: { title: "JFrog Fly token", about: "The credential for that platform" },
};

const files = new Set<SettingKey>(["home", "policy", "fly_config_dir"]);
const askedKeys = Object.keys(asked) as SettingKey[];
const settingOf = (key: SettingKey): Setting => settings[key];

/** @returns the text of each file by its path */
export function manifests(about: Package, tools: readonly Tool[], prompts: readonly Prompt[]) {
  const { name, version, description, license, keywords } = about;
  const author = { name: about.author };
  const launch = launchOf(name, version);
  const env = Object.fromEntries(askedKeys.map((key) => [settingOf(key).env, `\${user_config.${key}}`]));
  const plugin = { name: server, version, description, author, license, keywords };
  return written({
    "manifest.json": {
      manifest_version: "0.3",
      name,
      display_name: title,
      version,
      description,
      author,
      license,
      keywords,
      server: {
        type: "node",
        entry_point: "dist/main.js",
        mcp_config: { command: "node", args: [`\${__dirname}/dist/main.js`], env },
      },
      tools: tools.map((tool) => ({ name: tool.name, description: firstSentence(tool.description) })),
      prompts: prompts.map(promptEntry),
      user_config: userConfig(),
      compatibility: {
        platforms: ["darwin", "win32", "linux"],
        runtimes: { node: `${about.engines.node}.0` },
      },
    },
    "server.json": {
      $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
      name: about.mcpName,
      title,
      description,
      version,
      packages: [
        {
          registryType: "npm",
          identifier: name,
          version,
          runtimeHint: "npx",
          transport: { type: "stdio" },
          environmentVariables: environmentVariables(),
        },
      ],
    },
    ".claude-plugin/plugin.json": {
      ...plugin,
      mcpServers: { [server]: { ...launch, env } },
      userConfig: userConfig(),
    },
    ".claude-plugin/marketplace.json": {
      name: name,
      owner: author,
      description,
      plugins: [{ ...plugin, source: "./", category: "development" }],
    },
    "gemini-extension.json": {
      name: server,
      version,
      description,
      mcpServers: { [server]: launch },
      settings: askedKeys.map((key) => ({
        name: asked[key]?.title,
        description: aboutOf(key),
        envVar: settingOf(key).env,
        ...(settingOf(key).secret && { sensitive: true }),
      })),
    },
  });
}

/** The part of a description that stands by itself. */
export const firstSentence = (text: string) => text.split(/(?<=\.)\s/)[0] ?? text;

function written(values: Record<string, object>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]),
  );
}

function aboutOf(key: SettingKey): string {
  const choices = choicesOf(key);
  return `${asked[key]?.about ?? settingOf(key).about}${choices.length > 0 ? `: ${choices.join(", ")}` : ""}`;
}

/** The form that a host shows; Claude's plugins and MCP bundles have the same one. What is sensitive goes to the keychain. */
function userConfig() {
  return Object.fromEntries(
    askedKeys.map((key) => {
      const { secret, preset } = settingOf(key);
      return [
        key,
        {
          type: isSwitch(key) ? "boolean" : "string",
          title: asked[key]?.title,
          description: aboutOf(key),
          ...(preset !== undefined && { default: preset }),
          ...(secret && { sensitive: true }),
          required: false,
        },
      ];
    }),
  );
}

function environmentVariables() {
  return (Object.keys(settings) as SettingKey[])
    .filter((key) => !/^(http|oauth)_/.test(key))
    .map((key) => {
      const { env, about, secret, preset } = settingOf(key);
      const choices = choicesOf(key);
      return {
        name: env,
        description: about,
        isRequired: false,
        isSecret: secret === true,
        format: isSwitch(key) ? "boolean" : files.has(key) ? "filepath" : "string",
        ...(["string", "number", "boolean"].includes(typeof preset) && { default: String(preset) }),
        ...(choices.length > 0 && { choices }),
      };
    });
}

/** A host puts a text in place of each argument, and knows no other words for one that is left out: the needed alone. */
function promptEntry({ name, description, args, render }: Prompt) {
  const names = Object.entries(args.shape as Record<string, { isOptional(): boolean }>).flatMap(
    ([key, one]) => (one.isOptional() ? [] : key),
  );
  return {
    name,
    description,
    arguments: names,
    text: render(Object.fromEntries(names.map((key) => [key, `\${arguments.${key}}`]))),
  };
}
