/** The docker registry, for images and OCI charts: the login, and manifests by name and tag. */
import { type Answer, empty, json } from "../answer.ts";
import { signed } from "../claims.ts";
import type { Incoming, Known } from "../request.ts";
import { actionsOn } from "../rights.ts";
import { seconds } from "../world.ts";

/** A way in that starts with a token endpoint, as clients of Artifactory see it; Basic is taken directly as well. */
function docker(endpoint: (request: Known) => Answer): (request: Incoming) => Answer {
  return (request) => {
    const { caller, origin } = request;
    if (caller.kind === "token") return endpoint({ ...request, token: caller.token });
    const challenge = `Bearer realm="${origin}/v2/token",service="${new URL(origin).host}"`;
    return refusal(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": challenge });
  };
}

export const base = docker(() => json({}, 200, { "docker-distribution-api-version": "registry/2.0" }));

/** A short way to say the same token: what it may do is asked of that one each time. */
export const login = docker(({ world, token }) => {
  const iat = seconds(world);
  const { serviceId: iss } = world;
  return json({
    token: signed({ sub: token.subject, iss, iat, exp: iat + 3600, jti: token.id }),
    expires_in: 3600,
  });
});

export const getManifest = docker((request) => {
  const name = nameOf(request, "r");
  if (typeof name !== "string") return name;
  const manifest = request.world.files.get(name);
  return manifest === undefined
    ? refusal(404, "MANIFEST_UNKNOWN", "The named manifest is not known to the registry.")
    : {
        status: 200,
        body: manifest,
        headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
      };
});

export const putManifest = docker((request) => {
  const name = nameOf(request, "w");
  if (typeof name !== "string") return name;
  request.world.files.set(name, request.received.body);
  return empty(201, { location: request.received.path });
});

/** @returns the refusal when there is no such repository or the token may not do that there */
function nameOf({ world, token, path: parts }: Known, action: "r" | "w"): string | Answer {
  const { key = "", image = "", reference = "" } = parts;
  const exists = world.repositories.some(
    (one) => one.key === key && /^(docker|helmoci)$/.test(one.packageType),
  );
  if (!exists) return refusal(404, "NAME_UNKNOWN", `Repository ${key} not found`);
  const path = `${image}/${reference}`;
  const name = `${key}/${path}`;
  const needed = action === "w" && world.files.has(name) ? "wd" : action;
  const actions = actionsOn(world, token, key, path);
  return [...needed].every((letter) => actions.includes(letter))
    ? name
    : refusal(403, "DENIED", "The requested access to the resource is denied.");
}

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return json({ errors: [{ code, message, detail: null }] }, status, headers);
}
