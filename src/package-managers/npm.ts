/** npm, and with it pnpm and bun, which read the same user file. */
import type { Texts } from "../disk/change.ts";
import { npmrc } from "../formats/npmrc.ts";
import { Problem, quote } from "../problem.ts";
import { changesOf, type Edit } from "./edit.ts";
import {
  checkText,
  mayHoldCredentials,
  parseRegistryUrl,
  sameRegistry,
  withoutCredentials,
} from "./input.ts";
import { effective, tokenKey } from "./npm/credentials.ts";
import { fileSetting, npmFiles, npmLayers, referenceIn } from "./npm/npmrc.ts";
import { npmStatus, unsetVariable } from "./npm/status.ts";
import { definePackageManager, type Place, secretVariable, type Target } from "./package-manager.ts";
import { get, probe, readJson, whyRefused } from "./probe.ts";

export const npm = definePackageManager({
  id: "npm",
  title: "npm",
  tool: "npm",
  ecosystem: "npm",
  signs: ["package-lock.json", "npm-shrinkwrap.json", "package.json"],
  proof: "whoami",
  tested: "npm 11",
  symptom: "npm says E401, E404 for a package that it may not see, or ENEEDAUTH where it finds no token.",
  scopes: ["user", "project"],
  styles: ["value", "reference"],

  files: (place) => Object.values(npmFiles(requireProject(place))),

  /** The registry goes to the file of the scope; the credential always to the user's own, which no one commits. */
  plan(target, place, texts) {
    const { url, key, token } = checked(target);
    const { user, project } = npmFiles(requireProject(place));
    const registryFile = place.scope === "project" && project !== undefined ? project : user;

    const registry = fileSetting(registryFile, key, place, texts);
    const credential = fileSetting(user, tokenKey(url), place, texts);
    const kept = target.style === "value" || !credential ? undefined : referenceIn(credential.written);
    const variable = kept ?? (target.style === "reference" ? secretVariable : undefined);
    const source = variable === undefined ? token : kept === undefined ? `\${${variable}}` : undefined;

    const edits: Edit[] = [];
    if (registry?.value !== url.href) {
      edits.push({
        file: registryFile,
        format: npmrc,
        path: ["", key],
        source: url.href,
        sensitive: mayHoldCredentials(registry?.written),
      });
    }
    if (source !== undefined && credential?.written !== source) {
      edits.push({ file: user, format: npmrc, path: ["", tokenKey(url)], source, sensitive: true });
    }
    return {
      changes: changesOf(edits, texts),
      warnings: variable === undefined ? [] : [unsetVariable(variable)],
      replaced_url: formerRegistry(key, url, place, texts),
      variable,
    };
  },

  status: npmStatus,

  verify: (target, fetch) =>
    probe(`${target.url.replace(/\/*$/, "/")}-/whoami`, async (url) => {
      const response = await get(fetch, url, {
        authorization: `Bearer ${target.secret.reveal()}`,
        accept: "application/json",
      });
      const { status } = response;
      if (!response.ok) return { ok: false, status, cause: whyRefused(response) };
      const name = usernameIn(await readJson(response, url));
      if (name === undefined)
        return {
          ok: false,
          status,
          cause: `${status}: the answer names no user, so it is not that of an npm registry that knows this token.`,
        };
      return { ok: true, status, as: quote(name, 100) };
    }),
});

function requireProject(place: Place): Place {
  if (place.scope === "user" || place.project_dir !== undefined) return place;
  throw new Problem(
    "invalid_input",
    "The project's folder is missing.",
    "Give project_dir, the absolute path of the folder that holds package.json.",
  );
}

/** @throws Problem `invalid_input`, `unsafe_location` */
function checked(target: Target): { url: URL; key: string; token: string } {
  const url = parseRegistryUrl(target.url.endsWith("/") ? target.url : `${target.url}/`);
  // The host and path become the name of a setting, which ends at the first `=`, and in which `;` and `#` begin a comment.
  if (/[=;#\\$'"]/.test(url.pathname)) {
    throw new Problem(
      "invalid_input",
      "The registry URL holds a character that npm's files cannot hold in a name.",
      "Use a path of letters, digits and -._~/ alone.",
    );
  }
  checkText("user name", target.username);
  const token = checkText("token", target.secret.reveal());
  // RFC 6750, section 2.1. It leaves nothing that npm's files would take for a comment, a quote or a reference.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new Problem(
      "invalid_input",
      "The token holds characters that a Bearer token cannot have.",
      "Use a token of letters, digits and -._~+/ alone.",
    );
  }
  const scope = target.npm_scope;
  if (scope !== undefined && !/^@[a-z0-9~-][a-z0-9._~-]*$/.test(scope)) {
    throw new Problem(
      "invalid_input",
      "npm_scope is not the name of an npm scope.",
      "Give it like @acme: an @, then lower-case letters, digits and -._~.",
    );
  }
  return { url, token, key: scope === undefined ? "registry" : `${scope}:registry` };
}

function formerRegistry(key: string, url: URL, place: Place, texts: Texts): string | undefined {
  const layers = npmLayers(place, texts).filter(
    ({ kind }) => kind !== "environment" && (kind !== "project" || place.scope === "project"),
  );
  const former = effective(layers, key)?.value;
  return former === undefined || sameRegistry(former, url.href) ? undefined : withoutCredentials(former);
}

function usernameIn(body: unknown): string | undefined {
  const name = typeof body === "object" && body !== null && "username" in body ? body.username : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}
