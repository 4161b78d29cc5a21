/** The rules of a policy file in words, for get_status. */
import { inWords } from "../expiry.ts";
import type { PolicyFile } from "./file.ts";
import type { Part } from "./part.ts";

/** A sentence each; the first one says where they stand. */
export function sentencesOf({ path, tools, parts }: PolicyFile): string[] {
  return [
    `The operator's rules stand in ${path}.`,
    ...(tools ? [`Tools: ${listed(tools)}.`] : []),
    ...parts.flatMap((part) => {
      const rules = rulesOf(part);
      return rules.length > 0 ? [`${about(part)}: ${rules.join("; ")}.`] : [];
    }),
  ];
}

function about({ environment }: Part): string {
  if (environment === undefined) return "Every token";
  return environment === "*" ? "A token of any environment" : `A token of ${environment}`;
}

function rulesOf({ max_expiry, permissions, deliveries, protected: guarded }: Part): string[] {
  const [short, long] = [max_expiry.read_only, max_expiry.read_write].map(
    (limit) => limit && inWords(limit.longest),
  );
  return [
    ...(short !== undefined && short === long
      ? [`lives at most ${short}`]
      : [
          ...(short === undefined ? [] : [`if read_only, lives at most ${short}`]),
          ...(long === undefined ? [] : [`if read_write, lives at most ${long}`]),
        ]),
    ...(permissions ? [`permissions: ${listed(permissions)}`] : []),
    ...(deliveries ? [`deliver_to: ${listed(deliveries)}`] : []),
    ...(guarded ? ["a person is asked first, and read_write needs a reason"] : []),
  ];
}

function listed(words: readonly string[]): string {
  return words.join(", ") || "none";
}
