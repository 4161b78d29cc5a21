/** What docker, podman and helm can be pointed to. */
import { Problem } from "../../problem.ts";
import { checkText, checkUsername } from "../input.ts";
import type { Target } from "../package-manager.ts";
import { checkHost } from "./config.ts";

/** @throws Problem `invalid_input`, `unsupported` */
export function checkTarget({ url, path, username, secret, style }: Target): void {
  checkHost(url);
  checkUsername(username);
  checkText("token", secret.reveal());
  // A user name that begins with a dash would be an option of `docker login`.
  if (username.startsWith("-"))
    throw new Problem(
      "invalid_input",
      "The user name begins with a dash.",
      "Give the user name as the registry knows it.",
    );
  if (
    path !== undefined &&
    !/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(path)
  ) {
    throw new Problem(
      "invalid_input",
      "The path is not that of a docker repository.",
      "Give it in lower-case letters, digits and ._-/, such as docker.",
    );
  }
  if (style === "reference") {
    throw new Problem(
      "unsupported",
      "A file in docker's format cannot refer to a secret elsewhere.",
      'Use secret_style "value" or "helper"; a credential helper of the user\'s is used by itself.',
      { allowed: ["value", "helper"] },
    );
  }
}
