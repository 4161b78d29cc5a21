import type { EventEmitter } from "node:events";

/** Resolves at SIGINT or SIGTERM. @throws what a server could not start with */
export function untilSignal(server?: EventEmitter): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    server?.once("error", reject);
  });
}
