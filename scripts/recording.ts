/** Runs the demo and draws what it printed: `docs/recording.svg`, for the README. What differs from run to run is levelled. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { escapeHtml } from "../src/html.ts";

const shown = ["2", "3", "5", "8", "9"];
const columns = 110;
const line = { height: 17, width: 7.25, margin: 16 };

const { stdout, status } = spawnSync(process.execPath, ["--import", "tsx", "src/main.ts", "demo"], {
  encoding: "utf8",
  cwd: new URL("..", import.meta.url),
});
if (status !== 0) throw new Error("The demo failed: run `npm run demo`.");

const lines = stepsOf(levelled(stdout)).flatMap((step) => [...step, ""]);
writeFileSync(new URL("../docs/recording.svg", import.meta.url), drawn(["$ npm run demo", "", ...lines]));

/** Without what is another in each run: folders, ports, ids, times. */
function levelled(text: string): string {
  let tokens = 0;
  const ids = new Map<string, string>();
  const idOf = (id: string) => ids.get(id) ?? ids.set(id, `tok_${"ABCDEFGH"[tokens++]}…`).get(id) ?? "";
  return text
    .replace(/\/\S*fly-tokens-demo-\w+/g, "~")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:7411")
    .replace(/tok_\w+/g, idOf)
    .replace(/\d{8}T\d+Z-\w+/g, "20260102T030405678Z-9f8e7d6c")
    .replace(/(\d{4}-\d\d-\d\d)T[\d:.]+Z/g, "$1")
    .replace(/ on \S+ \(tok/g, " on laptop (tok")
    .replace(/(npm|pip|docker) on \w+/g, "$1 on laptop")
    .replace(/\[secret …\w+\]/g, "flyt_••••••••••••");
}

/** The steps that are shown, each without what is only a note. */
function stepsOf(text: string): string[][] {
  return text
    .split(/\n(?=\d+\. )/)
    .filter((step) => shown.includes(/^\d+/.exec(step)?.[0] ?? ""))
    .map((step) =>
      step
        .split("\n")
        .filter((one) => one.trim() !== "" && !/│ (Note|npm error 403 In)/.test(one))
        .map((one) => one.replace(/^\d+\. /, "› ")),
    );
}

function drawn(all: readonly string[]): string {
  const rows = all.map((text, index) => {
    const cut = text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
    return `<text y="${line.margin + (index + 1) * line.height}" class="${classOf(text)}">${escapeHtml(cut)}</text>`;
  });
  const [width, height] = [
    columns * line.width + 2 * line.margin,
    (all.length + 1) * line.height + line.margin,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo: tokens minted, npm set up, refused, rotated, revoked">
<style>
svg { background: #fff; color: #1f2328; font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
text { white-space: pre; fill: currentColor }
.said { font-weight: bold } .held { fill: #1a7f37 } .run { fill: #0550ae } .out { opacity: 0.75 }
@media (prefers-color-scheme: dark) { svg { background: #0d1117; color: #e6edf3 } .held { fill: #3fb950 } .run { fill: #79c0ff } }
</style>
<g transform="translate(${line.margin} 0)">
${rows.join("\n")}
</g>
</svg>
`;
}

function classOf(text: string): string {
  if (text.startsWith("›")) return "said";
  if (/^\s*✓/.test(text)) return "held";
  if (/^\s*\$/.test(text)) return "run";
  return "out";
}
