/** How the table looks: the host's colours and letters where it names them, else the browser's for light and dark. */

/** The host's variables (MCP Apps) that the style uses; no other is taken over. */
export const variables = [
  "--color-background-primary",
  "--color-text-primary",
  "--color-border-primary",
  "--font-sans",
];

/** Where a row does not fit, it becomes a list of its cells, each with the name of its column. */
export const style = `
:root { color-scheme: light dark; font: .875rem/1.45 var(--font-sans, system-ui, sans-serif); color: var(--color-text-primary, CanvasText); background: var(--color-background-primary, Canvas); }
body { margin: 0; padding: .75rem; }
h1 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: start; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--color-border-primary, GrayText); overflow-wrap: anywhere; }
small { display: block; }
tbody tr[data-status=revoked] :is(th, td:nth-child(2)), tbody tr[data-status=expired] :is(th, td:nth-child(2)) { font-weight: 400; text-decoration: line-through; }
button { font: inherit; margin-top: .5rem; padding: .4rem .8rem; color: ButtonText; background: ButtonFace; border: 1px solid GrayText; border-radius: .4rem; cursor: pointer; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
[hidden] { display: none; }
@media (max-width: 42rem) {
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .4rem 0; border-bottom: 1px solid var(--color-border-primary, GrayText); }
  th, td { border: 0; padding: .1rem 0; }
  td::before { content: attr(data-column) ": "; font-weight: 600; }
  small { display: inline; margin-inline-start: .5rem; }
}
`;
