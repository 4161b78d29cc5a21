/** What a set-up would write: the plans of its managers, one on the other. */
import type { Change, Texts } from "../disk/change.ts";
import { type Held, type Job, type Part, targetOf } from "./job.ts";

export interface Plan {
  changes: readonly Change[];
  warnings: readonly string[];
  /** The registries that the user's own configuration named before ours. */
  replaced: readonly { part: Part; url: string }[];
  /** The environment variables that are to hold the secret, where no file does. */
  variables: ReadonlyMap<Part, string>;
}

/**
 * Several managers may share a file (`.npmrc`, netrc): each plans on what those before it leave.
 *
 * @throws Problem what a manager's `plan` throws
 */
export function planAll(job: Job, credential: Held, texts: Texts): Plan {
  const now = new Map(texts);
  const changes = new Map<string, Change>();
  const warnings = new Set<string>();
  const replaced: { part: Part; url: string }[] = [];
  const variables = new Map<Part, string>();
  for (const part of job.parts) {
    const draft = part.manager.plan(targetOf(job, part, credential), job.place, now);
    for (const planned of draft.changes) {
      const change = draft.variable === undefined ? planned : withoutSecret(planned);
      now.set(change.path, change.after);
      changes.set(change.path, joined(changes.get(change.path), change));
    }
    for (const warning of draft.warnings) warnings.add(warning);
    if (draft.replaced_url !== undefined) replaced.push({ part, url: draft.replaced_url });
    if (draft.variable !== undefined) variables.set(part, draft.variable);
  }
  return { changes: [...changes.values()], warnings: [...warnings], replaced, variables };
}

/** Where a variable is to hold the secret, no file gets one: git may track it. */
function withoutSecret(change: Change): Change {
  return { ...change, entries: change.entries.map((entry) => ({ ...entry, bringsNone: true })) };
}

function joined(first: Change | undefined, then: Change): Change {
  return first ? { ...first, after: then.after, entries: [...first.entries, ...then.entries] } : then;
}
