/** Which login podman, skopeo and buildah would come with. */
import type { Texts } from "../../disk/change.ts";
import { type AuthFile, checkHost, helperFor } from "../docker/config.ts";
import { findLogin, scopedLogins } from "../docker/found.ts";
import type { Place, Status } from "../package-manager.ts";
import { type Lookup, lookups, writtenFile } from "./files.ts";
import { helperShadow } from "./registries.ts";

/** @throws Problem `invalid_input`, `unsupported`, `file_unparsable` */
export function podmanStatus(host: string, place: Place, texts: Texts): Status {
  const [{ files }] = lookups(place);
  const logins = files.map((file) => findLogin(checkHost(host), file, place, texts));
  const found = logins.find(({ configured }) => configured) ?? { configured: false, warnings: [] };
  const configured = found.configured && !helperShadow(place, texts)?.never;
  return {
    ...found,
    configured,
    ...(configured && { url: host }),
    shadowed_by: shadowsOf(host, place, texts),
  };
}

/** What outranks the login in the file that we write: files that are read before it, and keys with a path. */
export function shadowsOf(host: string, place: Place, texts: Texts, password?: string): string[] {
  const written = writtenFile(place);
  const ours = password ?? findLogin(host, written, place, texts).secret?.reveal();
  const helpers = helperShadow(place, texts);
  const inFiles = lookups(place).flatMap((lookup) =>
    before(lookup, written).flatMap((file) => outranking(host, file, lookup, written, ours, place, texts)),
  );
  return [...(helpers ? [helpers.sentence] : []), ...new Set(inFiles)];
}

/** The files up to the one that we write. */
function before({ files }: Lookup, written: AuthFile): readonly AuthFile[] {
  const index = files.findIndex(({ path }) => path === written.path);
  return files.slice(0, index + 1);
}

function outranking(
  host: string,
  file: AuthFile,
  { who }: Lookup,
  written: AuthFile,
  ours: string | undefined,
  place: Place,
  texts: Texts,
): string[] {
  const scoped = scopedLogins(host, file, texts)
    .filter(({ password }) => password !== ours)
    .map(({ key }) => `${file.path} has a login of its own for ${key}, which ${who} prefer below that path.`);
  if (file.path === written.path) return scoped;
  const { configured, secret } = findLogin(host, file, place, texts);
  const isOther = configured ? secret?.reveal() !== ours : helperFor(host, file, texts) !== undefined;
  if (!isOther) return scoped;
  return [
    `${file.path} has another login for ${host}, which ${who} prefer to that in ${written.path}; \`podman logout ${host}\` ends it.`,
    ...scoped,
  ];
}
