/** Every limit of the HTTP server, with its reason. */
import type { Allowance } from "../../callers/allowance.ts";

export interface Limits {
  /** Bytes of a request's body. The largest honest call, 100 ids with a reason, has some kilobytes. 413 */
  body: number;
  /** Milliseconds for a call. What it has made and nobody will see is ended as when a client goes away (`Tool.lost`). 504 */
  answer: number;
  /** Calls at once: each holds a server of its own, and most wait for an issuer that has limits itself. 503 */
  atOnce: number;
  /** Of them, of one caller, so that one cannot take the place of all others. 429 */
  atOnceEach: number;
  /** Streams of `subscriptions/listen` that are open. */
  subscriptions: number;
  /** Milliseconds that one stays open; less where the bearer ends before. Clients open another. */
  subscription: number;
  /** Messages of one caller; `undefined`: as many as it likes, on loopback, where the caller is the user. 429 */
  rate: Allowance | undefined;
  /** Failed authentications of one address. Who has a valid bearer is never refused by it: a proxy may be the address of all. 429 */
  failures: Allowance;
}

export const limits: Limits = {
  body: 1024 * 1024,
  answer: 120_000,
  atOnce: 64,
  atOnceEach: 32,
  subscriptions: 256,
  subscription: 60 * 60_000,
  rate: { perSecond: 50, burst: 200 },
  failures: { perSecond: 0.5, burst: 20 },
};

export interface SocketLimits {
  /** Bytes of a request's headers; an access token has one or two kilobytes. 431 */
  maxHeaderSize: number;
  /** Milliseconds from the first byte of a request to the last of its headers. 408 */
  headersTimeout: number;
  /** Milliseconds for a whole request: a slow client holds a connection, not a call. 408 */
  requestTimeout: number;
  /** How often these two are looked at, in milliseconds; Node's own 30 seconds would make them 40 and 60. */
  connectionsCheckingInterval: number;
  /** Milliseconds a connection may be idle. Longer than balancers keep theirs (60 seconds), or they send into closed ones. */
  keepAliveTimeout: number;
  /** Milliseconds without a byte in either direction, longer than a call: for clients that do not read their answers. */
  timeout: number;
  /** Connections; more are closed at once. Below the usual limit of open files. */
  maxConnections: number;
  /** Milliseconds that what is running may take at the end. */
  stop: number;
}

export const socketLimits: SocketLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  timeout: 150_000,
  maxConnections: 2_000,
  stop: 30_000,
};
