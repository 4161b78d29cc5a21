/**
 * The page of `ui://fly-tokens/tokens.html`: one document that asks nobody but its host. Its own policy lets in this script
 * and this style by their hashes and nothing else, however generous the host's is.
 */
import { sourceHash } from "../../html.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

const policy = [
  "default-src 'none'",
  `script-src ${sourceHash(script)}`,
  `style-src ${sourceHash(style)}`,
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tokens</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Tokens</h1>
<p id="said" role="status">Waiting for the list.</p>
<table id="table" role="table" aria-labelledby="said" hidden>
<thead role="rowgroup"><tr role="row" id="head"></tr></thead>
<tbody role="rowgroup" id="rows"></tbody>
</table>
<p id="hint" hidden></p>
<button id="more" type="button" hidden>Show more</button>
</main>
<script>${script}</script>
</body>
</html>
`;
