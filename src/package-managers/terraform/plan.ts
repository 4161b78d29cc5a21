/** The edits for terraform and OpenTofu: the registry as a network mirror, and the token for its host. */
import type { Texts } from "../../disk/change.ts";
import { hcl } from "../../formats/hcl.ts";
import { json } from "../../formats/json.ts";
import { Problem } from "../../problem.ts";
import { changesOf, type Edit, readValue } from "../edit.ts";
import { checkText, parseRegistryUrl, sameRegistry, withoutCredentials } from "../input.ts";
import { planGoNetrc } from "../netrc/first-match.ts";
import type { Draft, Place, Target } from "../package-manager.ts";
import { type CliFiles, cliFiles, type Flavour } from "./files.ts";
import { type Installation, installationIn, tokenPath } from "./settings.ts";

/** @throws Problem `invalid_input`, `unsafe_location`, `unsupported`, `conflict`, `file_unparsable` */
export function planCli(flavour: Flavour, target: Target, place: Place, texts: Texts): Draft {
  const url = checked(target);
  const files = cliFiles(flavour, place, texts);
  const installation = installationIn(files.config, texts);
  checkShape(files.config, installation, texts);
  const edits: Edit[] = [
    tokenEdit(url.host, files, target, texts),
    ...mirrorEdits(url, files.config, installation, target.mirrors ?? false),
    ...(flavour === "terraform" ? planGoNetrc(url.host, target, place, texts) : []),
  ];
  return {
    changes: changesOf(edits, texts),
    warnings: [
      archives[flavour],
      ...(target.mirrors && installation.direct
        ? [
            `${files.config} has \`direct\` in provider_installation: the providers' own registries are asked too, and the highest version counts.`,
          ]
        : []),
      // Seen with terraform 1.11: a method that cannot be asked fails the whole, also when another has the provider.
      ...(!target.mirrors && installation.count === 0
        ? [
            `Every provider is asked for at its own host, too: one whose host has no registry has to be listed in ${files.config}, as \`direct { exclude = ["HOST/*/*"] }\`.`,
          ]
        : []),
    ],
  };
}

const archives: Readonly<Record<Flavour, string>> = {
  terraform:
    "terraform sends the token for the lists of providers; for their archives it takes the entry in netrc, and before 1.11 nothing.",
  opentofu:
    "OpenTofu sends the token for the lists of providers, and none for their archives: the registry has to give those out by links of their own.",
};

/** @throws Problem `invalid_input`, `unsafe_location`, `unsupported` */
function checked({ url: text, secret, style }: Target): URL {
  const url = parseRegistryUrl(text.endsWith("/") ? text : `${text}/`);
  // RFC 6750, section 2.1: the token travels as a Bearer. Nothing of it is a template to HCL.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(checkText("token", secret.reveal()))) {
    throw new Problem(
      "invalid_input",
      "The token holds characters that a Bearer token cannot have.",
      "Use a token of letters, digits and -._~+/ alone.",
    );
  }
  if (style !== undefined && style !== "value") {
    throw new Problem(
      "unsupported",
      "These settings cannot refer to a secret elsewhere.",
      'Use secret_style "value".',
      { allowed: ["value"] },
    );
  }
  if (url.protocol === "https:") return url;
  throw new Problem(
    "unsupported",
    `Network mirrors are asked over https alone, and ${url.origin} is http.`,
    "Put a proxy with a certificate before the registry, and give its https URL.",
  );
}

/** Forms that terraform takes and in which a token would be overlooked, and those that stop it. */
function checkShape(file: string, { count, assigned }: Installation, texts: Texts): void {
  const obstacle =
    count > 1
      ? "has more than one provider_installation, at which terraform stops"
      : assigned
        ? "has an = behind provider_installation, at which terraform stops"
        : readValue(hcl, file, texts, ["credentials"]) === undefined
          ? undefined
          : 'has the credentials of all hosts in one value instead of a block `credentials "HOST"` for each';
  if (obstacle === undefined) return;
  throw new Problem("conflict", `${file} ${obstacle}.`, `Correct that in ${file}, and try again.`);
}

/** Where `terraform login` has written a token for the host, that one counts. */
function tokenEdit(host: string, { config, login }: CliFiles, { secret }: Target, texts: Texts): Edit {
  const token = secret.reveal();
  const path = ["credentials", host, "token"];
  if (login !== undefined && readValue(json, login, texts, path) !== undefined)
    return { file: login, format: json, path, source: JSON.stringify(token), sensitive: true };
  return { file: config, format: hcl, path: tokenPath(host), source: hcl.encode(token), sensitive: true };
}

/**
 * Beside what is there, at the end, because `dev_overrides` has to be first. Where nothing is, and the registry lacks the
 * public providers, `direct` keeps them: without the block terraform would go to their registries by itself.
 */
function mirrorEdits(url: URL, file: string, { count, mirrors }: Installation, isWhole: boolean): Edit[] {
  if (mirrors.some((mirror) => sameRegistry(mirror, url.href))) return [];
  const edit = { file, format: hcl, sensitive: false };
  const block = "provider_installation";
  const source = `{ url = ${hcl.encode(url.href)} }`;
  return [
    { ...edit, path: [block, `network_mirror[url=${url.href}]`], source },
    ...(count === 0 && !isWhole ? [{ ...edit, path: [block, "direct"], source: "{}" }] : []),
  ];
}

/** The mirror in use, without credentials. */
export function mirrorInUse({ mirrors }: Installation, registry: string): string | undefined {
  const url = mirrors.find((mirror) => sameRegistry(mirror, registry)) ?? mirrors[0];
  return url === undefined ? undefined : withoutCredentials(url);
}
