/** What the settings of terraform and OpenTofu say about one mirror. */
import type { Texts } from "../../disk/change.ts";
import { Secret } from "../../secret.ts";
import { parseRegistryUrl, sameRegistry } from "../input.ts";
import { goNetrcFile, goNetrcLogin } from "../netrc/first-match.ts";
import type { Place, Status } from "../package-manager.ts";
import { cliFiles, type Flavour } from "./files.ts";
import { mirrorInUse } from "./plan.ts";
import { installationIn, tokensFor } from "./settings.ts";

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function cliStatus(flavour: Flavour, registry: string, place: Place, texts: Texts): Status {
  const { host } = parseRegistryUrl(registry);
  const files = cliFiles(flavour, place, texts);
  const installation = installationIn(files.config, texts);
  const [token, ...lower] = tokensFor(host, files, place, texts);
  const url = mirrorInUse(installation, registry);
  const archive = flavour === "terraform" ? goNetrcLogin(host, place, texts) : undefined;
  const isVariable = token !== undefined && token.where !== files.config && token.where !== files.login;
  const args = ["TF_CLI_ARGS", "TF_CLI_ARGS_init"].find((name) => place.env[name]?.includes("-plugin-dir"));
  return {
    configured: sameRegistry(url, registry) && token !== undefined,
    url,
    username: archive?.login,
    ...(token && { secret: new Secret(token.value), where: token.where }),
    shadowed_by: [
      ...(isVariable && lower.some(({ value }) => value !== token.value)
        ? [`${token.where} holds another token for ${host}, and outranks the files.`]
        : []),
      ...(installation.count > 1 || installation.assigned
        ? [`${files.config} has a provider_installation too many, or one with =: ${flavour} stops at it.`]
        : []),
      ...(args === undefined ? [] : [`${args} has -plugin-dir: no mirror is asked.`]),
    ],
    warnings: [
      ...(archive && token && archive.password !== token.value
        ? [
            `${goNetrcFile(place)} has ${archive.password ? "another" : "no"} password for ${host}: terraform gets the lists of providers, but not their archives.`,
          ]
        : []),
      ...(flavour === "opentofu" && /terraform\.?rc$/.test(files.config) && !place.env.TF_CLI_CONFIG_FILE
        ? [`OpenTofu reads ${files.config} as long as it has no file of its own.`]
        : []),
    ],
  };
}
