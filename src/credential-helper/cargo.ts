/**
 * `cargo:token-from-stdout`: a program prints the token that cargo sends as it is (The Cargo Book, "Registry
 * Authentication"). Cargo's own JSON protocol puts no arguments on the command line, so that a program that needs some
 * could not be named.
 */
import { loginFor, type Protocol } from "./protocol.ts";

/** Its argument is the index's URL. */
export const cargo: Protocol = async ({ args: [index = ""], say, logins }) => {
  const login = loginFor(index.replace(/^sparse\+/, ""), await logins.all());
  if (!login) return 1;
  say(`Bearer ${login.secret.reveal()}`);
  return 0;
};
