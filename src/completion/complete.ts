/** Completes what somebody is typing, at once or not at all: a picker must neither wait for an issuer nor fail with it. */
import type { Context } from "../context.ts";
import { inTime } from "../in-time.ts";
import { Problem } from "../problem.ts";
import { type Completion, lastOf, matching } from "./match.ts";
import type { Source } from "./source.ts";
import { type Asked, valuesOf } from "./values.ts";

export type { Asked } from "./values.ts";

/** Milliseconds for which a picker waits, and for which every key that is pressed is answered from the same values. */
const [patience, fresh] = [2_500, 5_000] as const;

interface Kept {
  at: number;
  values: Promise<readonly string[]>;
}

const kept = new WeakMap<Context, Map<string, Kept>>();

/**
 * @param report told of faults of ours; an issuer that cannot be asked is none
 * @returns what fits; nothing, when it cannot be told in time
 */
export async function complete(
  source: Source,
  asked: Asked,
  context: Context,
  report: (error: unknown) => void,
): Promise<Completion> {
  const values = await inTime(valuesNow(source, asked, context, report), patience, []);
  if (source !== "package_managers") return matching(values, asked.typed);
  const { before, members, last } = lastOf(asked.typed);
  const others = values.filter((value) => !members.includes(value));
  const found = matching(others, last);
  return { ...found, values: found.values.map((value) => before + value) };
}

/** None, when they cannot be had. */
function valuesNow(
  source: Source,
  asked: Asked,
  context: Context,
  report: (error: unknown) => void,
): Promise<readonly string[]> {
  const now = context.now().getTime();
  const ofContext = kept.get(context) ?? new Map<string, Kept>();
  kept.set(context, ofContext);
  for (const [key, { at }] of ofContext) if (now - at >= fresh || at > now) ofContext.delete(key);
  const { environment = "", permission = "" } = asked.filled;
  const key = JSON.stringify([source, environment, permission]);
  const found = ofContext.get(key);
  if (found) return found.values;
  const values = valuesOf[source](asked, context).catch((error: unknown) => {
    if (!(error instanceof Problem)) report(error);
    return [];
  });
  ofContext.set(key, { at: now, values });
  return values;
}
