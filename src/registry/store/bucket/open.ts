/** Opens a bucket, and tries what the registry will do there: what is wrong is said now, and not to the first who publishes. */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { Problem } from "../../../problem.ts";
import type { BucketOptions } from "../artifacts.ts";
import { Incoming, measure } from "../incoming.ts";
import { BucketBlobs } from "./blobs.ts";
import { BucketAway, BucketFault } from "./faults.ts";
import { type Objects, openObjects } from "./objects.ts";
import type { PartSizes } from "./send.ts";

/**
 * @param folder on this machine, for bytes that are still arriving; made when missing, 0700
 * @throws Problem `not_configured`, `unauthorized` or `forbidden` when the bucket cannot be used
 */
export async function openBucket(
  options: BucketOptions,
  folder: string,
  sizes?: PartSizes,
): Promise<BucketBlobs> {
  const incoming = new Incoming(folder);
  await incoming.open();
  const objects = openObjects(options);
  try {
    await rehearse(objects, `${options.prefix}incoming/`, incoming);
  } catch (error) {
    objects.close();
    throw explained(error, options);
  }
  return new BucketBlobs(objects, options.prefix, incoming, sizes);
}

async function rehearse(objects: Objects, folder: string, incoming: Incoming): Promise<void> {
  for await (const _ of objects.list(folder)) break;
  const path = await incoming.receive(Buffer.from("x"), 1);
  const key = `${folder}${basename(path)}`;
  try {
    await objects.put(key, { path, start: 0, end: 0, ...(await measure(path)) });
    (await objects.get(key)).destroy();
    await objects.remove(key);
  } finally {
    await rm(path);
  }
}

function explained(error: unknown, { bucket, endpoint, credentials }: BucketOptions): unknown {
  const place = `\`${bucket}\`${endpoint === undefined ? "" : ` at ${endpoint}`}`;
  if (error instanceof BucketAway)
    return new Problem(
      "not_configured",
      `The bucket ${place} does not answer (${error.reason}).`,
      "Correct FLY_TOKENS_S3_ENDPOINT, or try again when it answers.",
    );
  if (!(error instanceof BucketFault)) return error;
  const { reason, status } = error;
  if (reason === "NoSuchBucket" || status === 404)
    return new Problem(
      "not_configured",
      `There is no bucket ${place}.`,
      "Create it, or correct FLY_TOKENS_ARTIFACTS.",
    );
  if (
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|CredentialsProviderError)$/.test(
      reason,
    )
  )
    return new Problem(
      "unauthorized",
      credentials
        ? `The bucket ${place} does not accept the key (${reason}).`
        : `There is no key for the bucket ${place} (${reason}).`,
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of the bucket's service.",
    );
  if (status === 301 || status === 307 || /Region|Malformed|Redirect/.test(reason))
    return new Problem(
      "not_configured",
      `The bucket ${place} is in another region (${reason}).`,
      "Set AWS_REGION to the bucket's region.",
    );
  return new Problem(
    "forbidden",
    `The bucket ${place} cannot be used. ${error.message}`,
    "Allow the key to list the bucket, and to read, write and delete its objects below the prefix.",
  );
}
