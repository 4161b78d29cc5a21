/**
 * What a docker registry reports (the distribution project's "Notifications"). Each event is read by itself: one of a
 * form that is not known here is none of our business, and must not keep back those behind it.
 */
import * as z from "zod";
import { Refusal } from "../../caller.ts";
import { isDigest, isRepositoryName } from "../../oci/path.ts";

export const eventsType = "application/vnd.docker.distribution.events.v1+json";

/** A manifest that was pushed, fetched or asked for (HEAD) with a token. */
export interface ManifestEvent {
  /** The same when it is sent again. */
  id: string;
  what: "push" | "pull" | "head";
  at: Date;
  /** As the registry knows it. */
  repository: string;
  digest: string;
  /** `null`: by digest. */
  tag: string | null;
  /** Who did it: the `sub` of our JWT. */
  token: string;
  /** The manifests that it lists. Empty, too, when the registry is not told to say so. */
  children: readonly string[];
}

const manifestTypes =
  /^application\/vnd\.(oci\.image\.(manifest|index)\.v1\+json|docker\.distribution\.manifest\.(v2|list\.v2)\+json)$/;
const manifestType = z.string().regex(manifestTypes);
/** No database refuses it, and with it all events of the request. */
const storable = /^[ -~]{1,128}$/;
const digest = z.string().refine(isDigest);

const manifestEvent = z.object({
  id: z.string().regex(storable),
  timestamp: z.iso.datetime({ offset: true }),
  action: z.enum(["push", "pull"]),
  target: z.object({
    mediaType: manifestType,
    digest,
    repository: z.string().refine(isRepositoryName),
    tag: z
      .string()
      .regex(/^\w[\w.-]{0,127}$/)
      .optional(),
    references: z.array(z.object({ mediaType: z.string().optional(), digest: z.string() })).nullish(),
  }),
  request: z.object({ method: z.string() }),
  actor: z.object({ name: z.string().regex(storable) }),
});

const envelope = z.object({ events: z.array(z.unknown()) });

/**
 * @returns those about manifests, in the order in which they came, and how many there were of all kinds
 * @throws Refusal 400 for what is no envelope of events
 */
export function readEvents(text: string): { events: ManifestEvent[]; total: number } {
  const { events: all } = opened(text);
  const events = all.flatMap((one) => {
    const { success, data } = manifestEvent.safeParse(one);
    if (!success) return [];
    const { id, timestamp, action, target, request, actor } = data;
    const children = (target.references ?? [])
      .filter((child) => manifestTypes.test(child.mediaType ?? "") && isDigest(child.digest))
      .map((child) => child.digest);
    const { repository, tag = null } = target;
    const what = action === "pull" && request.method === "HEAD" ? ("head" as const) : action;
    return [
      {
        id,
        what,
        at: new Date(timestamp),
        repository,
        digest: target.digest,
        tag,
        token: actor.name,
        children,
      },
    ];
  });
  return { events, total: all.length };
}

function opened(text: string): z.output<typeof envelope> {
  try {
    return envelope.parse(JSON.parse(text));
  } catch {
    throw new Refusal(400, "invalid", "The body is no envelope of events.");
  }
}
