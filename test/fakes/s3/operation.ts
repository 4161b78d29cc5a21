/** Which of S3's operations a request asks for, of those that are needed here; path-style addresses. */

export type Name =
  | "list"
  | "head"
  | "get"
  | "put"
  | "copy"
  | "delete"
  | "begin"
  | "part"
  | "complete"
  | "abandon"
  | "unfinished";

export interface Operation {
  name: Name;
  bucket: string;
  /** Empty for what is asked of the bucket. */
  key: string;
  query: URLSearchParams;
}

/** @param url as it was sent @returns `undefined` for what is not known here */
export function operationOf(method: string, url: string, isCopy: boolean): Operation | undefined {
  const { pathname, searchParams: query } = new URL(url, "http://s3");
  const [, bucket = "", ...rest] = pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const name = nameOf(method, key, query, isCopy);
  return name && { name, bucket, key, query };
}

const ofBucket: Record<string, (query: URLSearchParams) => Name | undefined> = {
  GET: (query) => (query.has("uploads") ? "unfinished" : query.get("list-type") === "2" ? "list" : undefined),
};
const ofObject: Record<string, Name> = { GET: "get", HEAD: "head", PUT: "put", DELETE: "delete" };
const ofUpload: Record<string, Name> = { PUT: "part", POST: "complete", DELETE: "abandon" };

function nameOf(method: string, key: string, query: URLSearchParams, isCopy: boolean): Name | undefined {
  if (key === "") return ofBucket[method]?.(query);
  if (query.has("uploadId")) return ofUpload[method];
  if (query.has("uploads")) return method === "POST" ? "begin" : undefined;
  return isCopy ? "copy" : ofObject[method];
}
