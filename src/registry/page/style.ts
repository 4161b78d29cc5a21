/** How the pages look: the system's fonts, light or dark as the person likes it, readable from 320 pixels on. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #ffffff; --ink: #1b2130; --quiet: #565f73; --line: #dde1e8; --edge: #7d869a;
  --accent: #3551c7; --accent-ink: #ffffff; --accent-soft: #e9edfc;
  --good: #17653a; --good-soft: #e3f4ea; --bad: #a8232b; --bad-soft: #fdebec; --warn: #7a4d00; --warn-soft: #fdf3dc; --off-soft: #eceef2;
  font: 1rem/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151c; --surface: #1a1f29; --ink: #e7eaf1; --quiet: #a4adbf; --line: #2d3443; --edge: #78829a;
    --accent: #9db0ff; --accent-ink: #10173a; --accent-soft: #242d4f;
    --good: #7fd6a1; --good-soft: #163324; --bad: #ff9ea3; --bad-soft: #3d1c20; --warn: #f0c463; --warn-soft: #382c10; --off-soft: #2a303c;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; color: var(--ink); background: var(--ground); overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: .15em; }
h1, h2 { line-height: 1.25; overflow-wrap: anywhere; margin: 0; }
h1 { font-size: 1.6rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; font-weight: 650; }
p { margin: 0; }
code, output, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
main:focus { outline: none; }

.skip { position: absolute; left: -999rem; top: .5rem; padding: .5rem 1rem; background: var(--surface); z-index: 1; border-radius: .4rem; }
.skip:focus { left: .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top > div, main { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
.top > div { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; min-height: 3.75rem; padding-block: .5rem; }
.brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; color: inherit; text-decoration: none; }
.brand img { width: 1.6rem; height: 1.6rem; }
.top ul { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none; }
.top nav { flex: 1 1 auto; }
.top nav a { display: block; padding: .35rem .75rem; border-radius: .45rem; color: var(--quiet); text-decoration: none; font-weight: 550; }
.top nav a:hover { color: var(--ink); background: var(--off-soft); }
.top nav a[aria-current] { color: var(--accent); background: var(--accent-soft); }
.who { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .9rem; color: var(--quiet); font-size: .92rem; }
.who b { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }

main { padding-block: 2rem 4rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; }
main.slim { max-width: 40rem; }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 1.5rem; }
.head p { color: var(--quiet); margin-top: .2rem; }
.back { font-size: .92rem; }
section { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; }
.quiet { color: var(--quiet); }
.small { font-size: .88rem; }

.notice { border-radius: .6rem; padding: .8rem 1rem; border: 1px solid transparent; border-left-width: .3rem; background: var(--good-soft); border-color: var(--good); }
.notice.bad { background: var(--bad-soft); border-color: var(--bad); }
.notice.warn { background: var(--warn-soft); border-color: var(--warn); }
.notice b { display: block; }

button, .button, input, select { font: inherit; min-height: 2.6rem; border-radius: .5rem; padding: .45rem .9rem; border: 1px solid var(--edge); }
button, .button { display: inline-flex; align-items: center; justify-content: center; gap: .4rem; background: var(--surface); color: var(--ink); font-weight: 600; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { background: var(--off-soft); }
.first { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.first:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
.danger { background: var(--bad); border-color: var(--bad); color: var(--surface); }
.danger:hover { background: color-mix(in srgb, var(--bad) 88%, var(--ink)); }
.plain { border: 0; background: none; min-height: 0; padding: .2rem 0; color: var(--accent); font-weight: 500; text-decoration: underline; text-underline-offset: .15em; }
.plain:hover { background: none; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; }

label, legend { font-weight: 600; padding: 0; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.field { display: grid; grid-template-columns: minmax(0, 1fr); gap: .35rem; }
.field .hint { color: var(--quiet); font-size: .9rem; }
.field .wrong { color: var(--bad); font-weight: 600; font-size: .92rem; }
input, select { width: 100%; min-width: 0; color: var(--ink); background: var(--surface); }
input[type=radio] { width: 1.1rem; height: 1.1rem; min-height: 0; margin: .2rem 0 0; flex: none; accent-color: var(--accent); }
input[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.choice { display: flex; gap: .6rem; align-items: flex-start; padding: .3rem 0; }
.choice label { font-weight: 500; }
.choice label span { display: block; color: var(--quiet); font-size: .9rem; }
.choice .date { width: auto; flex: 0 1 12rem; }

.filters { display: grid; grid-template-columns: 2fr repeat(3, 1fr) auto; gap: .75rem; align-items: end; }
.filters label { font-size: .85rem; color: var(--quiet); font-weight: 550; }
.filters .row { gap: .75rem; }

.list { background: var(--surface); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
table { width: 100%; border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .7rem .6rem; }
tr > :first-child { padding-left: 1rem; }
tr > :last-child { padding-right: 1rem; }
thead th { font-size: .82rem; font-weight: 600; color: var(--quiet); border-bottom: 1px solid var(--line); white-space: nowrap; }
thead a { color: inherit; text-decoration: none; }
thead a:hover { text-decoration: underline; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
tbody td { font-size: .94rem; overflow-wrap: anywhere; }
td .quiet, th .quiet { display: block; font-weight: 400; font-size: .86rem; }
td.acts { text-align: right; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.pill { display: inline-flex; align-items: center; gap: .35rem; padding: .1rem .6rem; border-radius: 1rem; font-size: .86rem; font-weight: 600; white-space: nowrap; background: var(--off-soft); color: var(--quiet); }
.pill.good { background: var(--good-soft); color: var(--good); }
.pill.bad { background: var(--bad-soft); color: var(--bad); }
.pill.warn { background: var(--warn-soft); color: var(--warn); }
.empty { padding: 2.5rem 1.5rem; text-align: center; display: grid; gap: .8rem; justify-items: center; }
.empty p { max-width: 34rem; color: var(--quiet); }
.pages { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .75rem; color: var(--quiet); font-size: .92rem; }
.pages .row { gap: 1.25rem; }

dl { margin: 0; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .55rem 1.5rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
output { display: block; padding: .9rem 1rem; border: 1px dashed var(--edge); border-radius: .5rem; background: var(--ground); user-select: all; font-size: .9rem; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; padding: .8rem 1rem; border-radius: .5rem; background: var(--ground); border: 1px solid var(--line); font-size: .88rem; }

@media (min-width: 64.01rem) {
  tbody th { min-width: 9rem; }
  td[data-label="Username"], td[data-label="Created By"] { min-width: 7rem; }
  td code { white-space: nowrap; }
}
@media (min-width: 70rem) {
  td[data-label="Username"], td[data-label="Created By"] { min-width: 8.75rem; }
  td[data-label="Permission"] { white-space: nowrap; }
}
@media (max-width: 60rem) {
  .filters { grid-template-columns: repeat(2, 1fr); }
}
@media (max-width: 64rem) {
  table, tbody, tbody tr, tbody th, tbody td { display: block; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: .8rem 1rem; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr + tr > * { border-top: 0; }
  tbody tr > :is(*, :first-child, :last-child) { padding: .15rem 0; }
  tbody tr > th:first-child { font-size: 1.05rem; padding-bottom: .3rem; }
  tbody td { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .5rem; }
  tbody td::before { content: attr(data-label); color: var(--quiet); font-size: .88rem; }
  tbody tr > td.acts:last-child { text-align: left; padding-top: .5rem; }
  td.acts::before { content: none; }
  td .quiet { font-size: inherit; }
}
@media (max-width: 34rem) {
  .filters { grid-template-columns: minmax(0, 1fr); }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .6rem; }
  .card { padding: 1.1rem; }
  .choice { flex-wrap: wrap; }
  .choice label { flex: 1 1 0; min-width: 0; }
  .choice .date { flex: 1 1 12rem; margin-left: 1.7rem; }
  main { padding-top: 1.25rem; }
  tbody td { grid-template-columns: 6rem minmax(0, 1fr); }
  .top nav { flex-basis: 100%; }
  .top nav ul { gap: 0; margin-left: -.5rem; }
  .top nav a { padding: .35rem .5rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, .top nav a { transition: background-color .12s; }
}
@media (forced-colors: active) {
  .pill, .notice, .first, .danger { border: 1px solid; }
}
`;
