/** The log as a list of calls, one by one: it may be larger than the memory. */

import { parseJson } from "../json.ts";
import { quote } from "../problem.ts";
import { CallEntry, longestCaller } from "./entry.ts";
import { linesOf } from "./lines.ts";
import { filesIn } from "./log.ts";

/** A call; without `ended` it was cut off in the middle, or is being made now. */
export interface Call extends Omit<CallEntry, "event" | "at"> {
  /** ISO 8601, UTC; absent when it never ran. */
  began?: string;
  ended?: string;
}

export interface Wanted {
  since?: Date | undefined;
  token?: string | undefined;
  tool?: string | undefined;
  caller?: string | undefined;
  /** How many, the newest. */
  limit?: number | undefined;
}

/**
 * Calls in the order of their end; those without one come last. A line that cannot be read is left out: `verify` names it.
 * @param state our folder, absolute
 * @throws Problem `file_unreadable`
 */
export async function* calls(state: string, wanted: Wanted): AsyncGenerator<Call> {
  const newest: Call[] = [];
  for await (const call of allCalls(state)) {
    if (!isWanted(call, wanted)) continue;
    if (wanted.limit === undefined) yield call;
    else if (newest.push(call) > wanted.limit) newest.shift();
  }
  yield* newest;
}

/** A line for people. */
export function inWords(call: Call): string {
  const {
    began,
    ended,
    client,
    caller,
    tool,
    ids,
    outcome,
    outcomes = {},
    environment,
    consent,
    reason,
  } = call;
  const came = ended === undefined ? "unfinished" : (outcome ?? "");
  const about = ids.map((id) => (outcomes[id] === undefined ? id : `${id} ${outcomes[id]}`)).join(", ");
  const words = [
    plain(began ?? ended ?? "", 24),
    plain(tool, 25),
    plain(came, 12),
    plain(about || "-"),
    environment ? plain(`environment ${environment}`) : "",
    consent && consent !== "not needed" ? `agreed by ${consent}` : "",
    plain(`by ${caller === undefined ? "" : `${caller} with `}${client.name} ${client.version}`),
    reason ? plain(`because: ${reason}`) : "",
  ];
  return words.filter(Boolean).join("  ");
}

/** Whoever changed the file may have put into it what a terminal obeys. */
function plain(text: string, width = 0): string {
  return quote(text, 4000).padEnd(width);
}

async function* allCalls(state: string): AsyncGenerator<Call> {
  const open = new Map<string, Call>();
  for await (const { bytes } of linesOf(filesIn(state).log)) {
    const { data } = CallEntry.safeParse(parseJson(bytes.toString("utf8")));
    if (!data) continue;
    const { event, at, ...rest } = data;
    if (event === "begin") {
      open.set(rest.call, { ...rest, began: at });
      continue;
    }
    const began = open.get(rest.call)?.began;
    open.delete(rest.call);
    yield { ...rest, ...(began !== undefined && { began }), ended: at };
  }
  yield* open.values();
}

function isWanted({ began, ended, ids, tool, caller }: Call, wanted: Wanted): boolean {
  const at = new Date(ended ?? began ?? 0);
  return (
    (wanted.since === undefined || at >= wanted.since) &&
    (wanted.token === undefined || ids.includes(wanted.token)) &&
    (wanted.tool === undefined || tool === wanted.tool) &&
    (wanted.caller === undefined || caller === quote(wanted.caller, longestCaller))
  );
}
