/** What is written to NuGet.Config: a source and its credential, each a whole element. */

import type { Texts } from "../../disk/change.ts";
import type { Path } from "../../formats/format.ts";
import { xml } from "../../formats/xml.ts";
import { type Markup, markup } from "../../formats/xml-layout.ts";
import { attribute, descendants, parseXml, type XmlElement } from "../../formats/xml-tree.ts";
import { isLoopback } from "../../loopback.ts";
import { type Edit, parsing, readValue } from "../edit.ts";
import { sourceName } from "../package-manager.ts";
import type { NugetClient } from "./files.ts";

const add = (attributes: Readonly<Record<string, string>>): Markup => ({ name: "add", attributes });

/** The public source for a file that would be without any, because NuGet writes it only to a file that it makes itself. */
export function publicSourceEdits(client: NugetClient, file: string, texts: Texts): Edit[] {
  if (descendants(rootOf(file, texts), "packageSources").length > 0) return [];
  const { key = "" } = client.publicSource;
  const path = ["configuration", "packageSources", `add[@key=${key}]`];
  return [entry(file, texts, path, (text) => markup(text, path, add(client.publicSource)))];
}

/** Our source; of one that is there already only what the URL asks for changes. */
export function sourceEdit(client: NugetClient, file: string, texts: Texts, url: URL): Edit {
  const sources = descendants(rootOf(file, texts), "packageSources", "add");
  const name = spelled(sources.map((source) => attribute(source, "key")));
  const path = ["configuration", "packageSources", `add[@key=${name}]`];
  const isInsecure = client.asksAboutHttp && url.protocol === "http:" && isLoopback(url.hostname);
  const wanted = {
    value: url.href,
    ...(isServiceIndex(url) && { protocolVersion: "3" }),
    ...(isInsecure && { allowInsecureConnections: "true" }),
  };
  return entry(
    file,
    texts,
    path,
    (text) => markup(text, path, add({ key: name, ...wanted })),
    (source) => {
      const kept = isServiceIndex(url) ? source : xml.erase(source, ["add", "@protocolVersion"]);
      return Object.entries(wanted).reduce(
        (text, [key, value]) => withAttribute(text, ["add"], key, value),
        kept,
      );
    },
  );
}

/**
 * Each value for itself: NuGet lays out elements anew when it writes the file, and ours are still to be known then.
 *
 * @param password as it is to be written
 */
export function credentialEdits(
  client: NugetClient,
  file: string,
  texts: Texts,
  username: string,
  password: string,
): Edit[] {
  const name = credentialName(file, texts);
  const parent = credentialPath(name);
  const values = {
    Username: username,
    ClearTextPassword: password,
    ...(client.authenticationTypes !== undefined && { ValidAuthenticationTypes: client.authenticationTypes }),
  };
  const current = readValue(xml, file, texts, parent);
  const encrypted = [name, "add[@key=Password]"];
  // A password that Windows encrypted cannot stand beside one in clear text: then all of it is one value.
  if (current !== undefined && xml.read(current, encrypted) !== undefined) {
    const source = parsing(file, () =>
      Object.entries(values).reduce(
        (text, [key, value]) => withItem(text, name, key, value),
        xml.erase(current, encrypted),
      ),
    );
    return [{ file, format: xml, path: parent, source, sensitive: true }];
  }
  return Object.entries(values).map(([key, value]) => {
    const path = [...parent, `add[@key=${key}]`];
    const fresh = (text: string) => markup(text, path, add({ key, value }));
    const edit = entry(file, texts, path, fresh, (source) => withAttribute(source, ["add"], "value", value));
    return { ...edit, sensitive: key === "ClearTextPassword" };
  });
}

/** The password of our credential as it is written now. */
export function writtenPassword(file: string, texts: Texts): string | undefined {
  const path = [...credentialPath(credentialName(file, texts)), "add[@key=ClearTextPassword]", "@value"];
  const source = readValue(xml, file, texts, path);
  return source === undefined ? undefined : xml.decode(source);
}

export function isServiceIndex({ pathname }: URL): boolean {
  return /\/index\.json$/i.test(pathname);
}

function credentialPath(name: string): Path {
  return ["configuration", "packageSourceCredentials", name];
}

function credentialName(file: string, texts: Texts): string {
  const sections = descendants(rootOf(file, texts), "packageSourceCredentials");
  return spelled(sections.flatMap(({ children }) => children.map(({ name }) => name)));
}

/** Our name, in the user's spelling where they have it: NuGet does not tell `Fly` from `fly`. */
function spelled(names: readonly (string | undefined)[]): string {
  return names.findLast((name) => name?.toLowerCase() === sourceName) ?? sourceName;
}

function entry(
  file: string,
  texts: Texts,
  path: Path,
  fresh: (text: string) => string,
  changed: (source: string) => string = (source) => source,
): Edit {
  const current = readValue(xml, file, texts, path);
  const source = parsing(file, () =>
    current === undefined ? fresh(texts.get(file) ?? "") : changed(current),
  );
  return { file, format: xml, path, source, sensitive: false };
}

function withItem(text: string, name: string, key: string, value: string): string {
  const path = [name, `add[@key=${key}]`];
  return xml.read(text, path) === undefined
    ? xml.write(text, path, markup(text, path, add({ key, value })))
    : withAttribute(text, path, "value", value);
}

function withAttribute(text: string, element: Path, name: string, value: string): string {
  const path = [...element, `@${name}`];
  const source = xml.read(text, path);
  return source !== undefined && xml.decode(source) === value
    ? text
    : xml.write(text, path, xml.encode(value));
}

function rootOf(file: string, texts: Texts): XmlElement | undefined {
  return parsing(file, () => parseXml(texts.get(file) ?? "").root);
}
