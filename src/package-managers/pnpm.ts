/** pnpm 11 and later: npm's files, its own `auth.ini` above them, and YAML above both (pnpm.io/npmrc, pnpm.io/settings). */
import type { Texts } from "../disk/change.ts";
import { changesOf } from "./edit.ts";
import { findCredential, tokenKey } from "./npm/credentials.ts";
import { fileSetting } from "./npm/npmrc.ts";
import { formerRegistry, registryEdits, tokenEdits } from "./npm/plan.ts";
import { type Found, statusOf, unsetVariable } from "./npm/status.ts";
import { checked, type NpmTarget } from "./npm/target.ts";
import { whoami } from "./npm/verify.ts";
import { definePackageManager, type Place, type Target } from "./package-manager.ts";
import { movedByConfig, pnpmFiles, pnpmLayers, workspaceOf } from "./pnpm/files.ts";
import { credentialAt, helperEdits, helperKey, scriptFile, withoutHelper } from "./pnpm/token-helper.ts";

export const pnpm = definePackageManager({
  id: "pnpm",
  title: "pnpm",
  tool: "pnpm",
  ecosystem: "npm",
  signs: ["pnpm-lock.yaml", "pnpm-workspace.yaml"],
  proof: "whoami",
  tested: "pnpm 12",
  symptom:
    "pnpm says `401 Unauthorized` when it installs or publishes, and `You must be logged in` where it finds no token or its helper fails.",
  scopes: ["user", "project"],
  styles: ["value", "reference", "helper"],

  files(place) {
    const { user, auth, config, folders } = pnpmFiles(place);
    const projects = folders.flatMap(({ npmrc, workspace }) => [npmrc, workspace]);
    return [...new Set([user, auth, config, ...projects, scriptFile(place), place.store])];
  },

  /** What `auth.ini` has already is changed there, because pnpm would not look further. */
  plan(target, place, texts) {
    const npmTarget = checked(target);
    const files = pnpmFiles(place);
    const project = place.scope === "project" ? workspaceOf(files, texts)?.npmrc : undefined;
    const registryFile = project ?? holder(npmTarget.key, place, texts);
    const { edits, variable } = credentialEdits(target, npmTarget, place, texts);
    return {
      changes: changesOf([...registryEdits(npmTarget, registryFile, place, texts), ...edits], texts),
      warnings: variable === undefined ? [] : [unsetVariable(variable)],
      replaced_url: formerRegistry(npmTarget, pnpmLayers(npmTarget.url, place, texts), place),
      variable,
    };
  },

  status(url, place, texts) {
    const status = statusOf(url, place, (parsed) => ({
      layers: pnpmLayers(parsed, place, texts),
      find: (at, get) => findCredential(at, get, credentialAt(url, place, texts)),
      warnings: helperWarning,
    }));
    const moved = movedByConfig(place, texts);
    const { config, user } = pnpmFiles(place);
    if (moved === undefined || moved === user) return status;
    const instead = `${config} has pnpm read ${moved} instead of ${user}.`;
    return { ...status, shadowed_by: [...status.shadowed_by, instead] };
  },

  verify: whoami,
});

/** The user's file that has a setting already, `auth.ini` first; else their `.npmrc`, which npm and bun read as well. */
function holder(key: string, place: Place, texts: Texts): string {
  const { auth, user } = pnpmFiles(place);
  return fileSetting(auth, key, place, texts) ? auth : user;
}

function credentialEdits(target: Target, npmTarget: NpmTarget, place: Place, texts: Texts) {
  const { url } = npmTarget;
  const helper = fileSetting(pnpmFiles(place).auth, helperKey(url), place, texts)?.value;
  const style = target.style ?? (helper === scriptFile(place) ? "helper" : undefined);
  if (style === "helper") return { edits: helperEdits(target, url, place, texts), variable: undefined };
  const file = holder(tokenKey(url), place, texts);
  const { edits, variable } = tokenEdits(npmTarget, style, file, place, texts);
  return { edits: [...edits, ...withoutHelper(url, place, texts)], variable };
}

function helperWarning({ credential }: Found): string[] {
  if (!credential?.key.endsWith(":tokenHelper") || credential.secret) return [];
  return [
    `pnpm asks ${credential.setting.where} for its token, as \`${credential.key}\` says, before it looks for any other; what that answers is not known here.`,
  ];
}
