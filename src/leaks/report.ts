/** What was found, in words: each token once, with the places where it is. */
import type { Place } from "./advice.ts";

interface Finding extends Omit<Place, "expected"> {
  path: string;
  line: number;
  column: number;
  kind: string;
  value: string;
  fingerprint: string;
  token?: { id: string; name: string; provider: string; status?: string | undefined } | undefined;
  active: "yes" | "no" | "unknown";
  reason?: string | undefined;
  commit?: string | undefined;
  expected?: boolean | undefined;
  advice: string;
}

interface Report {
  findings: readonly Finding[];
  scanned: { files: number; bytes: number; commits?: number | undefined };
  skipped: readonly string[];
}

export function report({ findings, scanned, skipped }: Report): string {
  const leaks = findings.filter(({ expected }) => !expected);
  const atHome = findings.filter(({ expected }) => expected);
  const { files, bytes, commits } = scanned;
  const looked = `${count(files, "file")} (${(bytes / 1e6).toFixed(1)} MB)${commits === undefined ? "" : ` and ${count(commits, "commit")}`}`;
  return [
    `Looked through ${looked}: ${leaks.length === 0 ? "no token lies where it should not." : `${count(byToken(leaks).length, "token")} in ${count(leaks.length, "place")}.`}`,
    ...byToken(leaks).flatMap(tokenIn),
    ...(atHome.length > 0 ? ["Where they belong:", ...byToken(atHome).flatMap(tokenIn)] : []),
    ...skipped,
  ].join("\n");
}

function tokenIn(places: readonly Finding[]): string[] {
  const [first] = places;
  if (!first) return [];
  const { kind, value, fingerprint, token, active, reason } = first;
  const whose = token ? `: ${token.name} (${token.id}, ${token.provider})` : "";
  const state = { yes: "still works", no: token?.status ?? "opens nothing", unknown: "may still work" }[
    active
  ];
  const advices = [...new Set(places.map(({ advice }) => advice))];
  return [
    `${kind} ${value}, SHA-256 ${fingerprint}…${whose}, ${state}.${reason ? ` ${reason}` : ""}`,
    ...places.map(placeOf),
    ...advices.map((advice) => `  ${advice}`),
  ];
}

function placeOf({ path, line, column, in: where, commit, tracked }: Finding): string {
  const how =
    where === "history" ? `, in history since ${commit ?? "a tag"}` : tracked ? ", tracked by git" : "";
  return `  ${path}:${line}:${column}${how}`;
}

function byToken(findings: readonly Finding[]): Finding[][] {
  const tokens = new Map<string, Finding[]>();
  for (const finding of findings)
    tokens.set(finding.fingerprint, [...(tokens.get(finding.fingerprint) ?? []), finding]);
  return [...tokens.values()];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
