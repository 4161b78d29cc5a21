/** cargo: a registry beside the public one in its configuration, the token in its credentials file or with our helper. */
import type { Texts } from "../disk/change.ts";
import { toml } from "../formats/toml.ts";
import {
  cargoFiles,
  cargoLayers,
  credentialsFile,
  indexUrl,
  layerOf,
  namesOf,
  ownConfig,
  userConfig,
  variableOf,
} from "./cargo/config.ts";
import { providerFor, providerOf, providerPath, read } from "./cargo/provider.ts";
import { cargoStatus, tokenPath } from "./cargo/status.ts";
import { changesOf, type Edit } from "./edit.ts";
import { checkText, checkUsername, inPlaceOf, parseRegistryUrl, sameRegistry } from "./input.ts";
import {
  definePackageManager,
  type Place,
  type SecretStyle,
  sourceName,
  type Target,
} from "./package-manager.ts";
import { get, probe, readJson, whyRefused } from "./probe.ts";
import { eraseEdit, storeEdit } from "./store.ts";

const replacement = ["source", "crates-io", "replace-with"];

export const cargo = definePackageManager({
  id: "cargo",
  title: "Cargo",
  tool: "cargo",
  ecosystem: "cargo",
  signs: ["Cargo.toml", "Cargo.lock"],
  proof: "config.json",
  tested: "cargo 1.95",
  symptom: "cargo says `token rejected for`, and asks for `cargo login`.",
  scopes: ["user", "project"],
  styles: ["value", "helper", "reference"],

  files: (place) => [...cargoFiles(place), place.store],

  /**
   * The registry goes to the file of the scope; who has the token, which may be a program of this machine, and the token
   * always to the user's own. `registry.default` stays as it is: `cargo install` and `cargo add` would look there for
   * everything.
   */
  plan(target, place, texts) {
    const { url, header } = checked(target);
    const layers = cargoLayers(place, texts);
    const name = namesOf(url, layers, place)[0] ?? sourceName;
    const helped = providerOf(name, layers, place)?.kind === "helper";
    const style = target.style ?? (helped ? "helper" : "value");
    const own = ownConfig(place, texts);
    const mirror = mirrorFor(name, target, style, own, texts);
    const edits = [
      ...indexEdits(name, url, place, texts),
      ...providerEdits(name, providerFor(style, url, place), place, texts),
      ...(style === "helper" ? [storeEdit({ ...target, url }, place)] : []),
      ...(style !== "helper" && helped ? [eraseEdit(url, place)] : []),
      ...tokenEdits(name, style === "value" ? header : undefined, place, texts),
      ...(mirror.wanted ? [edit(own, replacement, toml.encode(name))] : []),
    ];
    const variable = style === "reference" ? variableOf(tokenPath(name)) : undefined;
    return {
      changes: changesOf(edits, texts),
      warnings: [
        `cargo uses this registry where it is named: \`cargo add --registry ${name} CRATE\`, \`cargo publish --registry ${name}\`.`,
        ...mirror.warnings,
        ...(variable === undefined
          ? []
          : [
              `cargo reads the token from the environment variable ${variable}, which has to hold \`Bearer \` and the token; where it is not set, cargo has no token for this registry.`,
            ]),
      ],
      variable,
    };
  },

  status: (url, place, texts) => cargoStatus(withSlash(url), place, texts),

  verify: (target, fetch) =>
    probe(`${withSlash(target.url)}config.json`, async (url) => {
      const authorization = `Bearer ${target.secret.reveal()}`;
      const response = await get(fetch, url, { authorization, accept: "application/json" });
      const { status } = response;
      if (!response.ok) return { ok: false, status, cause: whyRefused(response) };
      const config = await readJson(response, url);
      return typeof config === "object" && config !== null && "dl" in config
        ? { ok: true, status }
        : { ok: false, status, cause: `${status}: the answer is not the config.json of a cargo index.` };
    }),
});

/** @throws Problem `invalid_input`, `unsafe_location` */
function checked({ url, username, secret }: Target): { url: string; header: string } {
  const { href } = parseRegistryUrl(withSlash(url));
  checkUsername(username);
  return { url: href, header: `Bearer ${checkText("token", secret.reveal())}` };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

/** In the file of the scope; and in the user's own where it has the name for another index, which must not get this token. */
function indexEdits(name: string, url: string, place: Place, texts: Texts): Edit[] {
  const path = ["registries", name, "index"];
  const [own, user] = [ownConfig(place, texts), userConfig(place, texts)];
  return [...new Set([own, user])].flatMap((file) => {
    const setting = layerOf(file, texts).get(path);
    const former = indexUrl(setting);
    const right =
      setting?.value === `sparse+${url}` || (file !== own && (!setting || sameRegistry(former, url)));
    return right ? [] : [{ ...edit(file, path, toml.encode(`sparse+${url}`)), ...inPlaceOf(former) }];
  });
}

function providerEdits(name: string, words: readonly string[], place: Place, texts: Texts): Edit[] {
  const file = userConfig(place, texts);
  const before = read(layerOf(file, texts).get(providerPath(name)));
  if (JSON.stringify(before?.words) === JSON.stringify(words)) return [];
  return [edit(file, providerPath(name), `[${words.map(toml.encode).join(", ")}]`)];
}

/** @param header what the credentials file is to hold; without it no file of cargo's keeps a token */
function tokenEdits(name: string, header: string | undefined, place: Place, texts: Texts): Edit[] {
  const path = tokenPath(name);
  const credentials = credentialsFile(place, texts);
  const files = header === undefined ? [credentials, userConfig(place, texts)] : [credentials];
  return files
    .filter((file) => layerOf(file, texts).get(path)?.value !== header)
    .map((file) => edit(file, path, header === undefined ? undefined : toml.encode(header), true));
}

function mirrorFor(
  name: string,
  { mirrors }: Target,
  style: SecretStyle,
  file: string,
  texts: Texts,
): { wanted: boolean; warnings: string[] } {
  const other = layerOf(file, texts).get(replacement)?.value;
  if (mirrors !== true || other === name) return { wanted: false, warnings: [] };
  if (other !== undefined)
    return {
      wanted: false,
      warnings: [`${file} replaces Cargo's public registry by another source already, and still does.`],
    };
  if (style === "reference")
    return {
      wanted: false,
      warnings: [
        "Cargo's public registry is not replaced by this one: without the variable no crate could be had.",
      ],
    };
  return { wanted: true, warnings: [] };
}

function edit(file: string, path: readonly string[], source: string | undefined, sensitive = false): Edit {
  return { file, format: toml, path, source, sensitive };
}
