/** One HTTP server for all three of the product's hosts: the GraphQL API, the Machines API, the docker registry. */
import { type Received, startServer, type TestServer } from "../../providers/server.ts";
import { type Answer, failure, send } from "./answer.ts";
import { identify } from "./caller.ts";
import { dockerCaller } from "./docker.ts";
import type { FaultBook } from "./faults.ts";
import { executeGraphql, type GraphqlRequest, parseGraphql } from "./graphql.ts";
import { strikesAfter, strikesBefore } from "./mishap.ts";
import { bodyOf } from "./request.ts";
import { routeOf } from "./routes.ts";
import type { World } from "./world.ts";

export interface Serving {
  world: World;
  faults: FaultBook;
  /** Filled as requests come. */
  requests: GraphqlRequest[];
  pageSize: { default: number; cap: number };
}

/** What is to be done for a request: where faults can strike, for whom, and the work itself. */
interface Task {
  targets: readonly string[];
  macaroon: boolean;
  run(nullNodes: boolean): Answer | Promise<Answer>;
}

export function serve(serving: Serving, port: number): Promise<TestServer> {
  return startServer(async (received, response) => {
    try {
      const task = taskOf(serving, received);
      const fault = serving.faults.take(task.targets, task.macaroon);
      if (fault && (await strikesBefore(fault, response))) return;
      const answer = await task.run(fault?.kind === "null-nodes");
      if (fault && strikesAfter(fault, response)) return;
      send(response, answer);
    } catch (error) {
      send(response, failure(500, error instanceof Error ? `${error.stack}` : String(error)));
    }
  }, port);
}

function taskOf(serving: Serving, received: Received): Task {
  const { world } = serving;
  const path = new URL(received.path, "http://fake").pathname;
  const authorization = received.headers.authorization ?? "";
  if (path === "/graphql") return graphqlTask(serving, received, authorization);

  const caller = path.startsWith("/v2/")
    ? dockerCaller(world, authorization)
    : identify(world, authorization, "macaroon");
  const route = routeOf(received.method, path);
  return {
    targets: [path],
    macaroon: caller.kind === "macaroon",
    run: () =>
      route?.endpoint({ world, caller, path: route.path, body: bodyOf(received.body) }) ??
      failure(404, "404 page not found"),
  };
}

function graphqlTask(serving: Serving, received: Received, authorization: string): Task {
  const { world, requests, pageSize } = serving;
  const caller = identify(world, authorization, "user");
  const parsed = parseGraphql(received.body, authorization.trim().split(/\s/)[0] ?? "");
  const macaroon = caller.kind === "macaroon";
  if ("status" in parsed) return { targets: ["/graphql"], macaroon, run: () => parsed };
  requests.push(parsed.request);
  const { name, fields } = parsed.request;
  return {
    targets: ["/graphql", ...(name ? [name] : []), ...fields.flatMap((field) => field.split("."))],
    macaroon,
    run: (nullNodes) =>
      executeGraphql(parsed, {
        world,
        caller,
        pages: { size: pageSize.default, cap: pageSize.cap, nullNodes },
      }),
  };
}
