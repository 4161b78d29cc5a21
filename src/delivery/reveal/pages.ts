/** What the person sees, in the order in which they see it. All of it works without a script. */

import { escapeHtml } from "../../html.ts";
import { quote } from "../../problem.ts";
import type { Login } from "../delivery.ts";
import { copying, documentOf } from "./document.ts";

/** Whose value it is; nothing of the value. */
export type Named = Login["token"];

/** @param left how many tries are left, after a wrong one */
export function askPage(token: Named, left?: number): string {
  const wrong =
    left === undefined
      ? ""
      : `<p role="alert" id="wrong">That is not the code. ${left === 1 ? "One try is" : `${left} tries are`} left.</p>`;
  return documentOf(
    titleOf(token),
    `<p>Its value is shown once. Be alone with your screen, and have a place ready for it.</p>
<form method="post" autocomplete="off">
${wrong}
<label for="code">The code that your agent told you</label>
<input id="code" name="code" required autofocus maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="hint${wrong && " wrong"}"${wrong && ' aria-invalid="true"'}>
<p id="hint">Eight letters and digits. After five wrong ones ${token ? "the token is revoked" : "this page closes"}.</p>
<button>Show the value</button>
</form>`,
  );
}

/** The one page that holds the value. */
export function valuePage({ token, username, secret }: Login): string {
  return documentOf(
    titleOf(token),
    `<label for="value">Value</label>
<output id="value" tabindex="0">${escapeHtml(secret.reveal())}</output>
<button type="button" id="copy" hidden>Copy the value</button><span role="status" id="said"></span>
<p>User name: <code>${escapeHtml(quote(username, 200))}</code></p>
<p>This is shown now and never again; nobody can read it back. If it is lost, have ${token ? `the token <code>${escapeHtml(quote(token.id, 100))}</code>` : "it"} revoked and a new one made. Close this page when you are done.</p>
${copying}`,
  );
}

/** @param why sentences */
export function overPage(why: string): string {
  return documentOf("Nothing is shown here any more", `<p>${escapeHtml(why)}</p>`);
}

function titleOf(token: Named): string {
  return token ? `A new token: ${quote(token.name, 100)}` : "A new token";
}
