/** What every page has in common: how it looks, and what a browser may do with it, which is next to nothing. */
import { escapeHtml, sourceHash } from "../../html.ts";

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; color: CanvasText; background: Canvas; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; }
input, output, button { box-sizing: border-box; font: inherit; padding: .6rem .8rem; border: 1px solid GrayText; border-radius: .4rem; }
input, output { display: block; width: 100%; margin: .3rem 0; font-family: ui-monospace, monospace; color: FieldText; background: Field; }
output { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
button { margin: .5rem .5rem .5rem 0; color: ButtonText; background: ButtonFace; cursor: pointer; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
[role=alert] { border-left: .3rem solid currentColor; padding-left: .6rem; font-weight: 600; }
[hidden] { display: none; }
`;

// Whoever comes back to the page by the browser's own memory finds it empty.
const script = `
const [value, copy, said] = ["value", "copy", "said"].map((id) => document.getElementById(id));
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", () => navigator.clipboard.writeText(value.textContent).then(
  () => { said.textContent = "Copied."; },
  () => { said.textContent = "Not copied: select the value and copy it."; },
));
addEventListener("pagehide", () => { value.textContent = ""; });
`;

/** For a page with the elements `value`, `copy` and `said`. */
export const copying = `<script>${script}</script>`;

const policy = [
  "default-src 'none'",
  `style-src ${sourceHash(style)}`,
  `script-src ${sourceHash(script)}`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** The headers of every answer. */
export const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close",
};

/** @param main HTML @param title plain text */
export function documentOf(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</html>
`;
}
