/** Which endpoint a request is for. GraphQL is not among them: it has one path and its own ways. */
import type { Answer } from "./answer.ts";
import { dockerDoor } from "./docker.ts";
import { createMachine, deleteMachine, execute, listMachines, showApp } from "./machines.ts";
import type { Incoming } from "./request.ts";
import { authenticate, authorize, current } from "./token-endpoints.ts";

type Endpoint = (request: Incoming) => Answer;

const routes: readonly [method: string, pattern: RegExp, endpoint: Endpoint][] = [
  ["POST", /^\/v1\/tokens\/authenticate$/, authenticate],
  ["POST", /^\/v1\/tokens\/authorize$/, authorize],
  ["GET", /^\/v1\/tokens\/current$/, current],
  ["GET", /^\/v1\/apps\/(?<app>[^/]+)$/, showApp],
  ["GET", /^\/v1\/apps\/(?<app>[^/]+)\/machines$/, listMachines],
  ["POST", /^\/v1\/apps\/(?<app>[^/]+)\/machines$/, createMachine],
  ["DELETE", /^\/v1\/apps\/(?<app>[^/]+)\/machines\/(?<machine>[^/]+)$/, deleteMachine],
  ["POST", /^\/v1\/apps\/(?<app>[^/]+)\/machines\/(?<machine>[^/]+)\/exec$/, execute],
  ["GET", /^\/v2\/$/, dockerDoor],
];

export interface Route {
  endpoint: Endpoint;
  path: Record<string, string>;
}

export function routeOf(method: string, path: string): Route | undefined {
  for (const [wanted, pattern, endpoint] of routes) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return { endpoint, path: { ...match.groups } };
  }
  return undefined;
}
