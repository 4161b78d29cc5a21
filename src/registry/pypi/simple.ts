/** The simple index as HTML (PEP 503, PEP 629) and as JSON (PEP 691), both with sizes and versions of PEP 700. */

import { escapeHtml } from "../../html.ts";
import { negotiate } from "../accept.ts";
import { page } from "../download.ts";
import type { PypiFileRow } from "../store/schema.ts";

const json = "application/vnd.pypi.simple.v1+json";
const html = "application/vnd.pypi.simple.v1+html";
const apiVersion = "1.1";

/** The list of projects. @param projects normalized names */
export function projectList(request: Request, projects: readonly string[]): Response {
  return inBestForm(request, {
    json: () => ({ projects: projects.map((name) => ({ name })) }),
    html: () => ["Simple index", projects.map((name) => `<a href="${name}/">${name}</a>`)],
  });
}

/** The files of one project; their links are relative, whatever the address that the registry is reached at. */
export function projectPage(request: Request, project: string, files: readonly PypiFileRow[]): Response {
  return inBestForm(request, {
    json: () => ({
      name: project,
      versions: [...new Set(files.map(({ version }) => version))],
      files: files.map(fileObject),
    }),
    html: () => [`Links for ${project}`, files.map(fileLink)],
  });
}

function fileObject({ file, sha256, size, requires_python, uploaded_at }: PypiFileRow): object {
  return {
    filename: file,
    url: urlOf(file),
    hashes: { sha256 },
    size,
    "upload-time": new Date(uploaded_at).toISOString(),
    ...(requires_python !== null && { "requires-python": requires_python }),
  };
}

function fileLink({ file, sha256, requires_python }: PypiFileRow): string {
  const requires = requires_python === null ? "" : ` data-requires-python="${escapeHtml(requires_python)}"`;
  return `<a href="${urlOf(file)}#sha256=${sha256}"${requires}>${escapeHtml(file)}</a>`;
}

function urlOf(file: string): string {
  return `../../packages/${encodeURIComponent(file)}`;
}

interface Forms {
  json: () => object;
  html: () => [title: string, links: string[]];
}

/** HTML for a client that says nothing or wants nothing that there is (PEP 691, "Version + Format Selection"). */
function inBestForm(request: Request, forms: Forms): Response {
  const type = negotiate(request.headers.get("accept"), ["text/html", json, html]) ?? "text/html";
  if (type === json)
    return page(request, JSON.stringify({ meta: { "api-version": apiVersion }, ...forms.json() }), json);
  const [title, links] = forms.html();
  const head = `<meta charset="utf-8"><meta name="pypi:repository-version" content="${apiVersion}"><title>${title}</title>`;
  return page(
    request,
    `<!DOCTYPE html>\n<html><head>${head}</head><body>\n${links.join("<br>\n")}\n</body></html>\n`,
    `${type}; charset=utf-8`,
  );
}
