import * as z from "zod";
import type { Context } from "../src/context.ts";
import type { PackageManager } from "../src/package-managers/package-manager.ts";
import { Problem } from "../src/problem.ts";
import type { Provider } from "../src/providers/provider.ts";
import { fixElsewhere } from "../src/remote.ts";
import { expiringInWords, expiringOf, expiringShape, soon } from "../src/setup/expiring.ts";
import { placeFor } from "../src/setup/place.ts";
import { defineTool } from "../src/tool.ts";

export const getStatus = defineTool({
  name: "get_status",
  title: "Get status",
  description:
    "Show an overview of the status: who you are logged in as, whether the server is connected and which issuers are reachable, what you are allowed to do, which package managers are installed and configured, and what is still missing. Start here.",
  effect: "read",
  elsewhere: {
    description:
      "Show an overview of the status: who the server is logged in as, whether it is connected and which issuers are reachable, what you are allowed to do, and what is still missing. Start here.",
  },
  input: z.object({}),
  output: z.object({
    version: z.string(),
    default_provider: z.string().optional(),
    providers: z.array(
      z.object({
        id: z.string(),
        configured: z.boolean(),
        url: z.string().optional(),
        identity: z.string().optional(),
        role: z.string().optional(),
        capabilities: z.array(z.string()),
        problem: z.string().optional(),
        facts: z.array(z.string()).optional(),
      }),
    ),
    policy: z.object({
      inline_secrets: z.string(),
      confirm: z.string(),
      read_only: z.boolean(),
      max_expiry_hours: z.number().optional(),
      rules: z.array(z.string()).optional(),
    }),
    package_managers: z.array(
      z.object({
        id: z.string(),
        installed: z.boolean(),
        configured: z.boolean(),
        problem: z.string().optional(),
      }),
    ),
    expiring: expiringShape.optional(),
  }),
  async run(_input, context) {
    const { inline_secrets, confirm, read_only } = context.policy;
    const { remote } = context;
    // The first says in which file they stand.
    const rules = context.policy.sentences().slice(remote ? 1 : 0);
    const longest = longestOf(context);
    const [providers, examined, expiring] = await Promise.all([
      Promise.all(context.providers.map(describe)),
      Promise.all((remote ? [] : context.packageManagers).map((manager) => examine(manager, context))),
      expiringSoon(context),
    ]);
    // What is wrong with the issuer is said once, there.
    const isSaid = providers.some(({ id, problem }) => id === context.default_provider && problem);
    const package_managers = examined.map(({ of_issuer, problem, ...one }) =>
      problem === undefined || (of_issuer && isSaid) ? one : { ...one, problem },
    );
    return {
      version: context.version,
      default_provider: context.default_provider,
      // By now they have been asked.
      providers: providers.map((one, index) => ({
        ...one,
        ...(remote && one.problem && { problem: fixElsewhere(one.problem) }),
        ...factsOf(context.providers[index]),
      })),
      policy: {
        inline_secrets,
        confirm,
        read_only,
        ...(longest !== undefined && { max_expiry_hours: longest / 3_600_000 }),
        ...(rules.length > 0 && { rules }),
      },
      package_managers,
      ...(expiring.length > 0 && { expiring }),
    };
  },
  say: ({ version, default_provider, providers, policy, package_managers, expiring = [] }) =>
    [
      `fly-tokens ${version}${default_provider ? `, using ${default_provider}` : ""}`,
      `The operator's policy: secrets in results: ${policy.inline_secrets}; confirmation: ${policy.confirm}${policy.read_only ? "; read-only" : ""}${policy.max_expiry_hours === undefined ? "" : `; tokens live at most ${policy.max_expiry_hours} hours`}.`,
      ...(policy.rules ?? []),
      ...providers.map(
        ({ id, url, identity, role, problem, facts = [] }) =>
          `${id}${url ? ` at ${url}` : ""}: ${[problem?.replace(/\.$/, facts.length > 0 ? "" : ".") ?? `${identity} (${role})`, ...facts].join(". ")}`,
      ),
      ...package_managers
        .filter(({ installed, configured, problem }) => installed || configured || problem)
        .map(
          ({ id, installed, configured, problem }) =>
            `${id}: ${installed ? "installed" : "not installed"}, ${configured ? "set up" : "not set up"}${problem ? `; ${problem}` : ""}`,
        ),
      absent(package_managers),
      ...expiringInWords(expiring),
    ]
      .filter(Boolean)
      .join("\n"),
});

/** The first twenty of the default issuer's; none when it cannot be asked: what is wrong with it is said elsewhere. */
async function expiringSoon(context: Context) {
  const provider = context.providers.find(({ id }) => id === context.default_provider);
  if (!provider?.configured) return [];
  try {
    const page = await provider.tokens?.list({
      status: "active",
      expires_before: new Date(context.now().getTime() + soon),
      sort: "expires_at",
      limit: 20,
    });
    return await expiringOf(page?.items ?? [], context);
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

/** Of any token, in milliseconds. */
function longestOf({ policy }: Context): number | undefined {
  const limits = (["read_only", "read_write"] as const).map((permission) => policy.longest({ permission }));
  return limits.includes(undefined) ? undefined : Math.max(...limits.map(Number));
}

function absent(managers: readonly { id: string; installed: boolean; configured: boolean }[]): string {
  const ids = managers.filter(({ installed, configured }) => !installed && !configured).map(({ id }) => id);
  return ids.length > 0 ? `Not installed: ${ids.join(", ")}.` : "";
}

function factsOf(provider: Provider | undefined): { facts?: string[] } {
  const facts = [...(provider?.facts?.() ?? [])];
  return facts.length > 0 ? { facts } : {};
}

async function describe(provider: Provider) {
  const { id, configured, url, needs, identity, tokens, environments, registries, restrict } = provider;
  const capabilities = Object.entries({ tokens, environments, registries, identity, restrict }).flatMap(
    ([name, group]) => (group ? [name] : []),
  );
  if (!configured)
    return {
      id,
      configured,
      url,
      capabilities,
      problem: ["It is not configured.", needs, ...(provider.notes?.() ?? [])].filter(Boolean).join(" "),
    };
  try {
    const me = await identity?.me();
    return { id, configured, url, capabilities, ...(me && { identity: me.username, role: me.role }) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { id, configured, url, capabilities, problem: wordsOf(error) };
  }
}

interface Examined {
  id: string;
  installed: boolean;
  configured: boolean;
  problem?: string;
  /** It is the issuer's problem, not that of the package manager's files. */
  of_issuer?: boolean;
}

async function examine(manager: PackageManager, context: Context): Promise<Examined> {
  const found = { id: manager.id, installed: await context.installed(manager.tool), configured: false };
  // Each project has its own.
  if (!manager.scopes.includes("user")) return found;
  let url: string;
  try {
    url = (await context.use("registries").registries.endpoint(manager.ecosystem)).url;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Not a fault: there is no registry for it yet.
    return error.code === "unsupported" ? found : { ...found, problem: wordsOf(error), of_issuer: true };
  }
  try {
    const place = placeFor(context, "user");
    const { configured } = manager.status(url, place, await context.disk.read(manager.files(place)));
    return { ...found, configured };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...found, problem: wordsOf(error) };
  }
}

function wordsOf({ message, fix }: Problem): string {
  return `${message} ${fix}`;
}
