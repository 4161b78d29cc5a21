/** What is written to settings.xml: each entry a whole element, so that what belongs together is taken back together. */
import type { Texts } from "../../disk/change.ts";
import type { Path } from "../../formats/format.ts";
import { xml } from "../../formats/xml.ts";
import { type Markup, markup } from "../../formats/xml-layout.ts";
import { childText, parseXml } from "../../formats/xml-tree.ts";
import { type Edit, parsing, readValue } from "../edit.ts";
import { sourceName } from "../package-manager.ts";

export const serverPath = ["settings", "servers", `server[id=${sourceName}]`];
export const mirrorPath = ["settings", "mirrors", `mirror[id=${sourceName}]`];
const profilePath = ["settings", "profiles", `profile[id=${sourceName}]`];

const id: Markup = { name: "id", content: sourceName };
const leaf = (name: string, content: string): Markup => ({ name, content });

/** The root of a new file. */
export function rootEdits(file: string, texts: Texts): Edit[] {
  const isNew = parsing(file, () => parseXml(texts.get(file) ?? "").root === undefined);
  const source = "http://maven.apache.org/SETTINGS/1.0.0";
  return isNew ? [{ file, format: xml, path: ["settings", "@xmlns"], source, sensitive: false }] : [];
}

/** @param password as it is to be written; what it is may stay where it means the same */
export function serverEdit(file: string, texts: Texts, username: string, password: string): Edit {
  const leaves = [
    { path: ["server", "username"], value: username },
    { path: ["server", "password"], value: password },
  ];
  const content = [id, leaf("username", username), leaf("password", password)];
  return element(file, texts, serverPath, { name: "server", content }, leaves, true);
}

/** Everything that would come from another machine. */
export function mirrorEdit(file: string, texts: Texts, url: string): Edit {
  const content = [id, leaf("url", url), leaf("mirrorOf", "external:*")];
  return element(file, texts, mirrorPath, { name: "mirror", content }, [
    { path: ["mirror", "url"], value: url },
  ]);
}

/** @param deploys whether `mvn deploy` is to go there, too */
export function profileEdit(file: string, texts: Texts, url: string, deploys: boolean): Edit {
  // The middle word is for the deploy plugin 2, which Maven 3.8 runs unless told otherwise; 3 takes it with a warning.
  const deployment = `${sourceName}::default::${url}`;
  const properties = { name: "properties", content: [leaf("altDeploymentRepository", deployment)] };
  const repository = { name: "repository", content: [id, leaf("url", url)] };
  const content = [id, ...(deploys ? [properties] : []), { name: "repositories", content: [repository] }];
  const leaves = [
    { path: ["profile", "repositories", `repository[id=${sourceName}]`, "url"], value: url },
    ...(deploys ? [{ path: ["profile", "properties", "altDeploymentRepository"], value: deployment }] : []),
  ];
  return element(file, texts, profilePath, { name: "profile", content }, leaves);
}

export function activationEdit(file: string, texts: Texts): Edit {
  const path = ["settings", "activeProfiles", `activeProfile[.=${sourceName}]`];
  return element(file, texts, path, leaf("activeProfile", sourceName), []);
}

/** The element as it is to be: the user's own with the given leaves set in it, or a new one. */
function element(
  file: string,
  texts: Texts,
  path: Path,
  fresh: Markup,
  leaves: readonly { path: Path; value: string }[],
  sensitive = false,
): Edit {
  const current = readValue(xml, file, texts, path);
  const source = parsing(file, () =>
    current === undefined
      ? markup(texts.get(file) ?? "", path, fresh)
      : leaves.reduce((text, { path, value }) => withLeaf(text, path, value), current),
  );
  return { file, format: xml, path, source, sensitive };
}

function withLeaf(text: string, path: Path, value: string): string {
  const name = path.at(-1) ?? "";
  const found = xml.read(text, path);
  if (found !== undefined && parseXml(found).root?.text.trim() === value) return text;
  const parent = path.slice(0, -1);
  const missing = parent.length > 1 && xml.read(text, parent) === undefined;
  // One of several comes with what tells it from the others.
  if (missing && /\[/.test(parent.at(-1) ?? "")) {
    const content = [id, leaf(name, value)];
    return xml.write(text, parent, markup(text, parent, { name: "repository", content }));
  }
  return xml.write(text, path, markup(text, path, leaf(name, value)));
}

/** The password as it is written now. */
export function passwordIn(source: string | undefined): string | undefined {
  const server = source === undefined ? undefined : parseXml(source).root;
  return server && childText(server, "password");
}
