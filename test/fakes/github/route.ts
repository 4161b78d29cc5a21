/** Which secret a request is about. Names are the same in capitals and without, as everywhere at GitHub. */
export interface Route {
  kind: "key" | "get" | "put" | "list";
  repository: string;
  environment: string | undefined;
  /** Empty for all of them. */
  name: string;
}

const pattern =
  /^\/repos\/([^/]+\/[^/]+)\/(?:actions|environments\/([^/]+))\/secrets(?:\/([^/?]+))?(?:\?per_page=\d+)?$/;

/** `undefined`: there is no such route. @param path as it came, still encoded */
export function routeOf(method: string, path: string): Route | undefined {
  const [, repository, environment, name = ""] = pattern.exec(path) ?? [];
  const kind =
    method === "PUT" && name
      ? "put"
      : method !== "GET"
        ? undefined
        : !name
          ? "list"
          : name === "public-key"
            ? "key"
            : "get";
  if (!repository || !kind) return undefined;
  return {
    kind,
    repository: repository.toLowerCase(),
    environment: environment && decodeURIComponent(environment),
    name: name.toUpperCase(),
  };
}
