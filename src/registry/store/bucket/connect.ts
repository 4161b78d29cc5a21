/** The SDK's client, set up so that it works with every service that speaks S3, and says nothing on its own. */
import { S3Client } from "@aws-sdk/client-s3";
import type { BucketOptions } from "../artifacts.ts";

/** Milliseconds: until there is a connection; and without a byte in either direction. */
const patience = { connect: 5_000, idle: 60_000 };
/** Every download in progress has one. */
const connections = 256;

export function connect({ endpoint, region, credentials }: BucketOptions): S3Client {
  const client = quietly(
    () =>
      new S3Client({
        // Other services than AWS's have no regions; signatures want one all the same.
        ...((region ?? endpoint) !== undefined && { region: region ?? "us-east-1" }),
        ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
        ...(credentials && {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey.reveal(),
            ...(credentials.sessionToken && { sessionToken: credentials.sessionToken.reveal() }),
          },
        }),
        // Its own checksums come in trailers, which many services do not know. Ours: below.
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        // It would open a connection of its own for every large body.
        expectContinueHeader: false,
        maxAttempts: 3,
        requestHandler: {
          connectionTimeout: patience.connect,
          socketTimeout: patience.idle,
          httpAgent: { maxSockets: connections },
          httpsAgent: { maxSockets: connections },
        },
      }),
  );
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      const checksum = headers["x-amz-checksum-sha256"];
      // Signed with the request: a service that verifies signatures compares it with what arrives.
      if (checksum !== undefined)
        headers["x-amz-content-sha256"] = Buffer.from(checksum, "base64").toString("hex");
      return next(args);
    },
    { step: "build", name: "signBodies", priority: "low" },
  );
  return client;
}

/** It warns of versions of node that it will not support some day; hosts show a server's stderr as its faults. */
function quietly<T>(act: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return act();
  } finally {
    process.emitWarning = emitWarning;
  }
}
