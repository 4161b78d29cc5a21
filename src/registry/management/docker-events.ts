/** /gateway/docker/events: where the docker registry behind the gateway reports what is pushed and pulled. */
import type { Handler } from "hono";
import { readBody } from "../body.ts";
import { Refusal } from "../caller.ts";
import { eventsType, readEvents } from "../gateway/docker/event.ts";
import { recordEvents } from "../gateway/docker/recording.ts";
import type { RoomDeps } from "../room.ts";
import { challenge } from "./gate.ts";

/** Bytes. An index may have 4 MiB, and an event repeats it with some words around it. */
const bodyLimit = 16 * 1024 ** 2;

/**
 * Whatever is none of our business is answered like the rest: the registry would send it again, for ever, and nothing
 * behind it.
 */
export function dockerEvents({ db, docker, now }: RoomDeps): Handler {
  return async (c) => {
    const request = c.req.raw;
    if (!docker?.reports)
      throw new Refusal(404, "not_found", "No docker registry reports here: set FLY_TOKENS_GATEWAY_EVENTS.");
    if (!docker.reports(request.headers.get("authorization")))
      throw new Refusal(401, "unauthorized", "This is not the bearer of FLY_TOKENS_GATEWAY_EVENTS.", {
        "www-authenticate": challenge,
      });
    const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type !== eventsType) throw new Refusal(415, "not_json", `The body has to be ${eventsType}.`);
    const { events, total } = readEvents((await readBody(request, bodyLimit)).toString());
    const recorded = await recordEvents(db, events, now());
    return c.json({ recorded, ignored: total - recorded });
  };
}
