/** Where artifacts are kept when it is not a folder. */
import type { Secret } from "../../secret.ts";

/** A bucket that speaks S3. */
export interface BucketOptions {
  bucket: string;
  /** What every key begins with; empty, or with a slash at its end. */
  prefix: string;
  /** Of another service than AWS; its buckets are addressed by path. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** Without it the client looks where AWS's own programs do. */
  credentials?:
    | { accessKeyId: string; secretAccessKey: Secret; sessionToken?: Secret | undefined }
    | undefined;
}
