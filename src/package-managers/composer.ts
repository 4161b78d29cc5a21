/** Composer: the repository in `config.json` or a project's `composer.json`, the login in the user's own `auth.json`. */
import { json } from "../formats/json.ts";
import { Problem } from "../problem.ts";
import { composerFiles, everyFile, valueIn } from "./composer/config.ts";
import { loginEdits } from "./composer/login.ts";
import { formerMirror, repositoryEdits } from "./composer/repositories.ts";
import { composerStatus } from "./composer/status.ts";
import { changesOf, type Edit } from "./edit.ts";
import { checkText, checkUsername, parseRegistryUrl } from "./input.ts";
import { definePackageManager, type Target } from "./package-manager.ts";
import { basic, dismiss, get, probe, whyRefused } from "./probe.ts";

export const composer = definePackageManager({
  id: "composer",
  title: "Composer",
  tool: "composer",
  ecosystem: "composer",
  signs: ["composer.json", "composer.lock"],
  proof: "packages.json",
  tested: "Composer 2.5",
  symptom: "Composer says `URL required authentication` with HTTP 401, or `Invalid credentials`.",
  scopes: ["user", "project"],
  styles: ["value"],

  files: everyFile,

  /** A project's file gets the repository alone: it is committed. */
  plan(target, place, texts) {
    const url = checked(target);
    const files = composerFiles(place, texts);
    const file = place.scope === "project" && files.project ? files.project.config : files.config;
    const address = url.href.replace(/\/+$/, "");
    const mirrors = target.mirrors ?? false;
    // Composer has no switch for one host. In the user's file it is at least not passed on to others.
    const insecure =
      url.protocol === "http:" && valueIn(files.config, texts, ["config", "secure-http"]) !== false;
    const edits: Edit[] = [
      ...repositoryEdits(file, address, mirrors, texts),
      ...(insecure
        ? [
            {
              file: files.config,
              format: json,
              path: ["config", "secure-http"],
              source: "false",
              sensitive: false,
            },
          ]
        : []),
      ...loginEdits(files.auth, url.host, target, texts),
    ];
    return {
      changes: changesOf(edits, texts),
      warnings: insecure
        ? [
            `Composer refuses http unless secure-http is off, and that holds for every host: ${files.config} now lets it take packages over http from anywhere. Restore it when you no longer use the registry on this machine.`,
          ]
        : [],
      replaced_url: mirrors ? formerMirror(file, address, texts) : undefined,
    };
  },

  status: composerStatus,

  verify: (target, fetch) =>
    probe(`${target.url.replace(/\/+$/, "")}/packages.json`, async (url) => {
      const authorization = basic(target.username, target.secret.reveal());
      const response = await get(fetch, url, { authorization, accept: "application/json" });
      await dismiss(response);
      const { status } = response;
      return response.ok ? { ok: true, status } : { ok: false, status, cause: whyRefused(response) };
    }),
});

/** @throws Problem `invalid_input`, `unsafe_location`, `unsupported` */
function checked({ url, username, secret, style }: Target): URL {
  const parsed = parseRegistryUrl(url);
  checkUsername(username);
  checkText("token", secret.reveal());
  if (style === undefined || style === "value") return parsed;
  throw new Problem(
    "unsupported",
    "Composer's auth.json cannot refer to a secret elsewhere.",
    'Use secret_style "value", which writes it to auth.json, readable by you alone.',
    { allowed: ["value"] },
  );
}
