/** What must be true of a target before any client of an npm registry is pointed to it. */
import { Problem } from "../../problem.ts";
import { checkText, parseRegistryUrl } from "../input.ts";
import type { Place, Target } from "../package-manager.ts";

/** A target that was checked. */
export interface NpmTarget {
  /** With its final slash. */
  url: URL;
  token: string;
  /** The setting that names the registry: `registry`, or `@acme:registry`. */
  key: string;
}

/** @throws Problem `invalid_input`, `unsafe_location` */
export function checked(target: Target): NpmTarget {
  const url = parseRegistryUrl(target.url.endsWith("/") ? target.url : `${target.url}/`);
  // The host and path become the name of a setting, which ends at the first `=`, and in which `;` and `#` begin a comment.
  if (/[=;#\\$'"]/.test(url.pathname)) {
    throw new Problem(
      "invalid_input",
      "The registry URL holds a character that npm's files cannot hold in a name.",
      "Use a path of letters, digits and -._~/ alone.",
    );
  }
  checkText("user name", target.username);
  const token = checkText("token", target.secret.reveal());
  // RFC 6750, section 2.1. It leaves nothing that npm's files would take for a comment, a quote or a reference.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new Problem(
      "invalid_input",
      "The token holds characters that a Bearer token cannot have.",
      "Use a token of letters, digits and -._~+/ alone.",
    );
  }
  const scope = target.npm_scope;
  if (scope !== undefined && !/^@[a-z0-9~-][a-z0-9._~-]*$/.test(scope)) {
    throw new Problem(
      "invalid_input",
      "npm_scope is not the name of an npm scope.",
      "Give it like @acme: an @, then lower-case letters, digits and -._~.",
    );
  }
  return { url, token, key: scope === undefined ? "registry" : `${scope}:registry` };
}

/** @throws Problem `invalid_input` when the project's folder is not given */
export function requireProject(place: Place): Place {
  if (place.scope === "user" || place.project_dir !== undefined) return place;
  throw new Problem(
    "invalid_input",
    "The project's folder is missing.",
    "Give project_dir, the absolute path of the folder that holds package.json.",
  );
}
