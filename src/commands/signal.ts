import type { EventEmitter } from "node:events";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Resolves at SIGINT or SIGTERM; a second one then ends the process at once. @throws what a server could not start with */
export function untilSignal(server?: EventEmitter): Promise<void> {
  return new Promise((resolve, reject) => {
    const first = () => {
      for (const signal of signals) process.off(signal, first);
      resolve();
    };
    for (const signal of signals) process.on(signal, first);
    server?.once("error", reject);
  });
}
