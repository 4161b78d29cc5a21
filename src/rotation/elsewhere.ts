/** A rotation that a caller on another machine asks for: it rewrites nothing here. */
import type { Context } from "../context.ts";
import { onlyHere } from "../remote.ts";
import { onRecord } from "../setup/used-here.ts";
import type { Subject } from "./consumer.ts";
import type { RotationRecord } from "./record.ts";

/**
 * The places of this machine are its operator's: a token that has one is rotated here, with them.
 * @param record what is left of an earlier rotation
 * @throws Problem `forbidden`
 */
export async function refuseElsewhere(
  token: Pick<Subject, "id" | "provider">,
  record: RotationRecord | undefined,
  context: Context,
): Promise<void> {
  const isShown = record?.deliver === undefined || record.deliver.to === "inline";
  const hasPlaces = (record?.rewritten.length ?? 0) > 0 || (await onRecord([token], context)).size > 0;
  if (isShown && !hasPlaces) return;
  throw onlyHere(
    "The token is in use on",
    "Ask who runs the server to rotate it there, with rotate_token over stdio or `fly-tokens rotate-due`.",
  );
}
