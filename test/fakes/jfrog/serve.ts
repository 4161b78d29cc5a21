/** One HTTP server for the whole platform: the Access service, Artifactory, the docker registry, the page to log in. */
import { type Received, startServer, type TestServer } from "../../providers/server.ts";
import { type Answer, artifactoryError, send } from "./answer.ts";
import { credentialIn, identify } from "./caller.ts";
import { departuresOf, violationsOf } from "./contract/check.ts";
import { operationOf } from "./contract/contract.ts";
import type { FaultBook } from "./faults.ts";
import { type Mishap, mishapAfter, mishapBefore } from "./mishap.ts";
import { type Incoming, jsonIn } from "./request.ts";
import { routeOf } from "./routes.ts";
import type { World } from "./world.ts";

/** A request to an operation of the contract, for a test to look at. */
export interface ApiRequest {
  /** Its `operationId`. */
  operation: string;
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** Of the Authorization header: `Bearer`, `Basic`, none. */
  scheme: string | undefined;
}

export interface Serving {
  world: World;
  faults: FaultBook;
  /** Filled as requests come. */
  requests: ApiRequest[];
  violations: string[];
}

export function serve(serving: Serving, port: number): Promise<TestServer> {
  return startServer(async (received, response) => {
    const outcome = await outcomeOf(serving, received).catch(broken);
    if (outcome === "cut") response.destroy();
    else if (outcome !== "hang") send(response, outcome);
  }, port);
}

async function outcomeOf(serving: Serving, received: Received): Promise<Mishap> {
  const { world, faults, violations } = serving;
  const { method } = received;
  const origin = `http://${received.headers.host}`;
  const url = new URL(received.path, origin);
  const operation = operationOf(method, url.pathname)?.operation.operationId;
  if (operation !== undefined) serving.requests.push(requestOf(operation, received, url));
  const note = (list: string[]) => violations.push(...list.map((one) => `${method} ${url.pathname} ${one}`));
  note(violationsOf(received, url));

  const fault = faults.take([operation, url.pathname, `${method} ${url.pathname}`]);
  const before = fault && (await mishapBefore(fault));
  if (before) return before;
  const answer = answerTo(world, received, url);
  note(departuresOf(received, url, answer));
  return (fault && mishapAfter(fault)) ?? answer;
}

function answerTo(world: World, received: Received, url: URL): Answer {
  const { endpoint, path } = routeOf(received.method, url.pathname);
  const incoming: Incoming = {
    world,
    caller: identify(world, credentialIn(received.headers.authorization)),
    path,
    query: url.searchParams,
    body: jsonIn(received.body),
    origin: url.origin,
    received,
  };
  return endpoint(incoming);
}

function requestOf(operation: string, received: Received, url: URL): ApiRequest {
  return {
    operation,
    method: received.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: jsonIn(received.body),
    scheme: credentialIn(received.headers.authorization)?.scheme,
  };
}

/** A fault of the fake itself must not look like one of the platform's. */
function broken(error: unknown): Answer {
  return artifactoryError(500, `The fake broke: ${error instanceof Error ? error.stack : String(error)}`);
}
