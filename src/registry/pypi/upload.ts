/** Reads an upload: the form that twine, poetry and uv post (Warehouse's upload API, the "legacy" one). */
import { createHash } from "node:crypto";
import { Refusal } from "../caller.ts";
import { Blake2b256 } from "./blake2b.ts";
import { belongsTo, fileType } from "./filename.ts";
import { isProject, normalizeProject, normalizeVersion } from "./project.ts";

export interface Upload {
  /** Normalized. */
  project: string;
  /** Normalized. */
  version: string;
  file: string;
  content: Blob;
  /** Hex. */
  sha256: string;
  requiresPython: string | null;
}

/** @throws Refusal 400 when a field is missing or wrong, or when the file is not the one whose digests are given */
export async function readUpload(form: FormData): Promise<Upload> {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const content = form.get("content");
  if (field(":action") !== "file_upload" || !content || typeof content === "string") {
    throw invalid("Only files are uploaded here (:action file_upload, with the file in content)");
  }
  const version = normalizeVersion(field("version"));
  if (!isProject(field("name"))) throw invalid("name is not the name of a project");
  if (!version) throw invalid("version is not a version by PEP 440");
  const type = fileType(content.name);
  if (!type) throw invalid("Only wheels (.whl) and source distributions (.tar.gz, .zip) are taken");
  if (field("filetype") !== "" && field("filetype") !== type)
    throw invalid(`filetype and file name disagree: the name is that of a ${type}`);
  if (!belongsTo(content.name, field("name"), version))
    throw invalid("The file name is not that of this version of this project");
  const requiresPython = field("requires_python");
  if (requiresPython.length > 512 || /\p{Cc}/u.test(requiresPython))
    throw invalid("requires_python is not a version specifier");
  return {
    project: normalizeProject(field("name")),
    version,
    file: content.name,
    content,
    sha256: await verify(content, {
      sha256: field("sha256_digest"),
      md5: field("md5_digest"),
      blake2: field("blake2_256_digest"),
    }),
    requiresPython: requiresPython || null,
  };
}

/** Checks every digest that is claimed; the SHA-256 is returned. */
async function verify(
  content: Blob,
  claimed: { sha256: string; md5: string; blake2: string },
): Promise<string> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  const blake2 = new Blake2b256();
  for await (const chunk of content.stream() as unknown as AsyncIterable<Uint8Array>) {
    for (const hash of [sha256, md5]) hash.update(chunk);
    if (claimed.blake2) blake2.update(chunk);
  }
  const found = { sha256: sha256.digest("hex"), md5: md5.digest("hex"), blake2: blake2.digest() };
  for (const name of ["sha256", "md5", "blake2"] as const) {
    if (claimed[name] && claimed[name].toLowerCase() !== found[name])
      throw invalid(`The file does not have the ${name} digest that is claimed for it`);
  }
  return found.sha256;
}

function invalid(sentence: string): Refusal {
  return new Refusal(400, "upload_invalid", sentence);
}
