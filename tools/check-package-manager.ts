import * as z from "zod";
import type { Context } from "../src/context.ts";
import type { PackageManager, Place } from "../src/package-managers/package-manager.ts";
import { Problem } from "../src/problem.ts";
import type { Registries } from "../src/providers/provider.ts";
import { statuses } from "../src/providers/shapes.ts";
import { managerNamed } from "../src/setup/choose.ts";
import { expiryWarning } from "../src/setup/expiring.ts";
import { findCredential } from "../src/setup/found.ts";
import { placeFor } from "../src/setup/place.ts";
import { defineTool } from "../src/tool.ts";

export const checkPackageManager = defineTool({
  name: "check_package_manager",
  title: "Check package managers",
  description:
    "Diagnose why an install, download, pull, publish, push or login fails, is broken, denied or forbidden (401, 403, 404), or test and verify whether it works: reads the files of npm, pip, docker and others, asks the registry, and says which token that is, what outranks it, and why it is refused.",
  effect: "read",
  here: true,
  input: z.object({
    manager: z.string().optional().describe("Default: all in use"),
    scope: z.enum(["user", "project"]).default("user"),
    project_dir: z.string().optional(),
    provider: z.string().optional(),
  }),
  output: z.object({
    package_managers: z.array(
      z.object({
        id: z.string(),
        configured: z.boolean(),
        registry: z.string().optional(),
        token: z
          .object({
            id: z.string(),
            status: statuses,
            expires_at: z.string().nullable(),
            permission: z.string(),
          })
          .optional(),
        works: z
          .object({ ok: z.boolean(), status: z.int().optional(), cause: z.string().optional() })
          .optional(),
        shadowed_by: z.array(z.string()),
        warnings: z.array(z.string()),
      }),
    ),
  }),
  async run({ manager: id, scope, project_dir, provider }, context) {
    const place = placeFor(context, scope, project_dir);
    if (id !== undefined)
      return { package_managers: [await check(managerNamed(id, context), place, provider, context)] };
    const { registries } = context.use("registries", provider);
    const setUpHere = new Set((await context.disk.journal()).flatMap(({ managers }) => managers));
    const all = await Promise.all(
      context.packageManagers
        .filter(({ scopes }) => scopes.includes(scope))
        .map(async (manager) => {
          // Several read one file, so what is set up need not be here.
          const here = setUpHere.has(manager.id) || (await context.installed(manager.tool));
          return here && (await isServed(manager, registries))
            ? [await check(manager, place, provider, context)]
            : [];
        }),
    );
    return { package_managers: all.flat() };
  },
  say: ({ package_managers }) =>
    package_managers
      .map(({ id: name, configured, registry, token, works, shadowed_by, warnings }) =>
        [
          `${name}: ${!configured ? "not set up for this registry" : works?.ok ? "works" : `does not work: ${works?.cause ?? "unknown"}`}`,
          registry ? `  registry ${registry}` : "",
          token
            ? `  token ${token.id}, ${token.permission}${token.permission === "read_only" ? " (it may not publish or push)" : ""}, ${token.status}, expires ${token.expires_at ?? "never"}`
            : "",
          ...[...shadowed_by, ...warnings].map((note) => `  ${note}`),
        ]
          .filter(Boolean)
          .join("\n"),
      )
      .join("\n"),
});

async function isServed({ ecosystem }: PackageManager, registries: Registries): Promise<boolean> {
  return registries.endpoint(ecosystem).then(
    () => true,
    (error) => !(error instanceof Problem && error.code === "unsupported"),
  );
}

async function check(manager: PackageManager, place: Place, named: string | undefined, context: Context) {
  try {
    return await examine(manager, place, named, context);
  } catch (error) {
    // One unreadable file must not hide what the others say.
    if (!(error instanceof Problem)) throw error;
    return {
      id: manager.id,
      configured: false,
      shadowed_by: [],
      warnings: [`${error.message} ${error.fix}`],
    };
  }
}

async function examine(manager: PackageManager, place: Place, named: string | undefined, context: Context) {
  const { registries, provider } = context.use("registries", named);
  const { ecosystem: _, ...endpoint } = await registries.endpoint(manager.ecosystem);
  const {
    configured,
    url: registry,
    secret,
    username,
    shadowed_by,
    warnings,
  } = await findCredential(manager, endpoint.url, place, context);
  if (!secret) return { id: manager.id, configured, registry, shadowed_by, warnings };
  const token = await registries.introspect?.(secret).catch(() => undefined);
  const { ok, status, cause } = await manager.verify(
    { ...endpoint, secret, username: username ?? token?.username ?? "" },
    context.fetch,
  );
  return {
    id: manager.id,
    configured,
    registry,
    token: token && {
      id: token.id,
      status: token.status,
      expires_at: token.expires_at,
      permission: token.permission,
    },
    works: {
      ok,
      status,
      cause:
        [
          token && token.status !== "active"
            ? `the token ${token.name} is ${token.status}; configure_package_manager sets up a new one`
            : cause,
          ok ? undefined : `(${manager.symptom})`,
        ]
          .filter(Boolean)
          .join(" ") || undefined,
    },
    shadowed_by,
    warnings: [
      ...[token && expiryWarning(token, context.now())].filter((one) => one !== undefined),
      ...warnings,
      ...(provider.cautions?.(secret) ?? []),
    ],
  };
}
