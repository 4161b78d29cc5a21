/**
 * The platform keeps one text beside a token, and neither a name, nor a permission, nor an environment. So they stand in
 * that text, in this form:
 *
 *     fly-tokens k0123456789ab0123456789abcdef: Production deploy (read-only, for production) [artifact:npm:r …]
 *
 * The mark comes first, since the platform finds descriptions by their beginning alone; then the name, the permission,
 * the environment if there is one, and the scope. What has another form was made elsewhere.
 */
import { quote } from "../../problem.ts";
import { type Mark, readMark, writeMark } from "../mark.ts";
import type { Permission } from "../provider.ts";

export interface Description {
  mark: Mark;
  name: string;
  permission: Exclude<Permission, "custom">;
  environment?: string | undefined;
  scope: string;
}

/** Characters; in bytes for safety's sake, since it is not documented which are meant. */
const longest = 1024;
const start = "fly-tokens ";
const words = { read_only: "read-only", read_write: "read-write" } as const;

export function writeDescription({ mark, name, permission, environment, scope }: Description): string {
  const place = environment === undefined ? "" : `, for ${environment}`;
  const head = `${start}${writeMark(mark)}: ${name} (${words[permission]}${place}) [`;
  const room = longest - Buffer.byteLength(head) - 1;
  return `${head}${Buffer.byteLength(scope) <= room ? scope : `${scope.slice(0, room - 3)}…`}]`;
}

const form =
  /^fly-tokens ([kr][0-9a-f]{28}): (.+) \((read-only|read-write)(?:, for ([a-z0-9-]{1,63}))?\) \[([^[\]]*)\]$/;

/** `undefined` for one of another form. */
export function readDescription(text: string | undefined): Description | undefined {
  const [, marked = "", name, permission, environment, scope = ""] = form.exec(text ?? "") ?? [];
  const mark = readMark(marked);
  if (!mark || name === undefined) return undefined;
  return {
    mark,
    name: quote(name, 200),
    permission: permission === words.read_only ? "read_only" : "read_write",
    ...(environment !== undefined && { environment }),
    scope: quote(scope, 500),
  };
}

/** Finds all of ours, or those of one call. */
export function prefix(call = ""): string {
  return `${start}${call}*`;
}
