/** Which endpoint a request is for. */
import { createToken } from "./access/create.ts";
import { listTokens } from "./access/list.ts";
import { getLoginToken, loginPage, requestLogin } from "./access/login.ts";
import { revokeByValue, revokeToken } from "./access/revoke.ts";
import { getToken } from "./access/show.ts";
import { type Answer, accessError, artifactoryError } from "./answer.ts";
import { base, getManifest, login, putManifest } from "./artifactory/docker.ts";
import { getFile, putFile } from "./artifactory/files.ts";
import { getPackument, publish, whoami } from "./artifactory/npm.ts";
import { serviceIndex } from "./artifactory/nuget.ts";
import { simpleIndex, upload } from "./artifactory/pypi.ts";
import { getVersion, listRepositories, ping } from "./artifactory/system.ts";
import type { Incoming } from "./request.ts";

type Endpoint = (request: Incoming) => Answer;

const tokens = "/access/api/v1/tokens";
const logins = "/access/api/v2/authentication/jfrog_client_login";
const api = "/artifactory/api";

/** `:name` is one part of a path, `*name` all the rest. */
const routes: readonly [method: string, path: string, endpoint: Endpoint][] = [
  ["POST", tokens, createToken],
  ["GET", tokens, listTokens],
  ["DELETE", `${tokens}/revoke`, revokeByValue],
  ["GET", `${tokens}/:id`, getToken],
  ["DELETE", `${tokens}/:id`, revokeToken],
  ["POST", `${logins}/request`, requestLogin],
  ["GET", `${logins}/token/:session`, getLoginToken],
  ["GET", "/ui/login", loginPage],

  ["GET", `${api}/system/version`, getVersion],
  ["GET", `${api}/system/ping`, ping],
  ["GET", `${api}/repositories`, listRepositories],

  ["GET", `${api}/npm/:key/-/whoami`, whoami],
  ["GET", `${api}/npm/:key/*path`, getPackument],
  ["PUT", `${api}/npm/:key/*path`, publish],
  ["GET", `${api}/pypi/:key/simple/*path`, simpleIndex],
  ["POST", `${api}/pypi/:key`, upload],
  ["GET", `${api}/go/:key/*path`, getFile("go")],
  ["PUT", `${api}/go/:key/*path`, putFile("go")],
  ["GET", `${api}/nuget/v3/:key/index.json`, serviceIndex],
  ["PUT", `${api}/nuget/v3/:key/*path`, putFile("nuget")],
  ["GET", `${api}/generic/*path`, getFile("generic")],
  ["PUT", `${api}/generic/*path`, putFile("generic")],
  ["GET", "/fly/api/v1/generic/*path", getFile("generic")],
  ["PUT", "/fly/api/v1/generic/*path", putFile("generic")],
  ["GET", "/artifactory/:key/*path", getFile()],
  ["PUT", "/artifactory/:key/*path", putFile()],

  ["GET", "/v2/", base],
  ["GET", "/v2/token", login],
  ["GET", "/v2/:key/*image/manifests/:reference", getManifest],
  ["PUT", "/v2/:key/*image/manifests/:reference", putManifest],
];

const compiled = routes.map(([method, path, endpoint]) => ({
  method,
  pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)").replace(/\*(\w+)/g, "(?<$1>.*)")}/?$`),
  endpoint,
}));

export interface Route {
  endpoint: Endpoint;
  path: Record<string, string>;
}

/** HEAD goes where GET goes; the server leaves the body out. */
export function routeOf(method: string, path: string): Route {
  const matching = compiled.flatMap(({ pattern, ...rest }) => {
    const match = pattern.exec(path);
    return match ? [{ ...rest, path: decoded(match.groups) }] : [];
  });
  const wanted = method === "HEAD" ? "GET" : method;
  const route = matching.find((one) => one.method === wanted);
  return route ?? { endpoint: () => nowhere(path, matching.length > 0), path: {} };
}

function nowhere(path: string, otherMethod: boolean): Answer {
  if (!path.startsWith("/access/")) return artifactoryError(404, "File not found.");
  return otherMethod
    ? accessError(405, "HTTP 405 Method Not Allowed")
    : accessError(404, "HTTP 404 Not Found");
}

function decoded(groups: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}
