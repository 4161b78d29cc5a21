/** Every command by its name. A new one is a file in this folder and a line here. */
import type { Commands } from "./command.ts";

/** Loaded when they are called: starting the stdio server must not pay for the others. */
export const commands: Commands = {
  stdio: () => import("./stdio.ts"),
  http: () => import("./http.ts"),
  registry: () => import("./registry.ts"),
  call: () => import("./call.ts"),
  approve: () => import("./approve.ts"),
  caller: () => import("./caller.ts"),
  audit: () => import("./audit.ts"),
  "credential-helper": () => import("./credential-helper.ts"),
  login: () => import("./login.ts"),
  init: () => import("./init.ts"),
  "rotate-due": () => import("./rotate-due.ts"),
  macaroon: () => import("./macaroon.ts"),
  demo: () => import("./demo.ts"),
  completion: () => import("./completion.ts"),
  version: () => import("./version.ts"),
  help: () => import("./help.ts"),
};
