/** What the program may say, by problem code: every place that makes a `Problem`, read from the sources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { problemCodes } from "../src/problem.ts";

interface Said {
  code: string;
  sentence: string;
  fix: string;
}

/**
 * @param root the project's folder
 * @returns a section of Markdown for each code: what it means, and a table of sentences with their fixes
 */
export function troubleshooting(root: string): string {
  const all = ["src", "tools"].flatMap((folder) => sources(join(root, folder)).flatMap(problemsOf));
  return Object.entries(problemCodes)
    .map(([code, meaning]) => {
      const rows = new Map(
        all
          .filter((one) => one.code === code)
          .sort((a, b) => (a.sentence < b.sentence ? -1 : 1))
          .map(({ sentence, fix }) => [`${sentence} ${fix}`, `| ${cell(sentence)} | ${cell(fix)} |`]),
      );
      const table = ["| it says | do this |", "| --- | --- |", ...rows.values()].join("\n");
      return `### \`${code}\`\n\n${meaning}${rows.size > 0 ? `\n\n${table}` : ""}`;
    })
    .join("\n\n");
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".generated.ts"))
    .sort()
    .map((name) => join(folder, name));
}

function problemsOf(path: string): Said[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Said[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isNewExpression(node) && node.expression.getText() === "Problem") found.push(...saidBy(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Code, sentence and fix of a `Problem`: each combination of what they may be. */
function saidBy({ arguments: given }: ts.NewExpression): Said[] {
  const [codes = [], sentences = [], fixes = []] = (given ?? []).slice(0, 3).map(words);
  return codes.flatMap((code) =>
    sentences
      .filter((sentence) => !isEmpty(sentence))
      .flatMap((sentence) => fixes.map((fix) => ({ code, sentence, fix: isEmpty(fix) ? "…" : fix }))),
  );
}

/** What an expression may say, with … for what is known only when it runs. */
function words(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return words(node.expression);
  if (ts.isConditionalExpression(node)) return [...words(node.whenTrue), ...words(node.whenFalse)];
  if (!ts.isTemplateExpression(node)) return ["…"];
  return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("")];
}

/** Whether nothing is left of it but what only a run knows. */
const isEmpty = (text: string) => !/\p{L}{3}/u.test(text);

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
