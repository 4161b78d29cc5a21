/** Signature version 4 as a server verifies it (AWS, "Authenticating Requests: Using the Authorization Header"). */
import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface Signed {
  method: string;
  /** As it was sent. */
  url: string;
  headers: IncomingHttpHeaders;
}

/**
 * @param secretOf the secret of an access key, if there is such a key
 * @returns the access key, or S3's code for what is wrong
 */
export function verify(
  { method, url, headers }: Signed,
  region: string,
  secretOf: (accessKey: string) => string | undefined,
): { accessKey: string } | { code: string } {
  const [, accessKey = "", date = "", where = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  if (accessKey === "") return { code: "AccessDenied" };
  const secret = secretOf(accessKey);
  if (secret === undefined) return { code: "InvalidAccessKeyId" };
  if (where !== region) return { code: "AuthorizationHeaderMalformed" };
  const time = `${headers["x-amz-date"]}`;
  const moment = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - moment) < 15 * 60_000)) return { code: "RequestTimeTooSkewed" };
  const signed = names.split(";");
  // Without these, what was signed could be sent elsewhere, or with other bytes.
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => signed.includes(name)))
    return { code: "AccessDenied" };
  const [path = "", query = ""] = url.split("?");
  const request = [
    method,
    path,
    query
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
      .sort()
      .join("&"),
    ...signed.map((name) => `${name}:${`${headers[name] ?? ""}`.trim().replace(/ +/g, " ")}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${secret}`, date), region));
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash("sha256").update(request).digest("hex")}`;
  return hmac(key, text).toString("hex") === signature ? { accessKey } : { code: "SignatureDoesNotMatch" };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
