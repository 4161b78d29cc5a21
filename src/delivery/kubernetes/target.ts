/** Which secret is meant, in a manifest or in the cluster. */
import { Problem } from "../../problem.ts";
import type { Endpoint } from "../../providers/provider.ts";
import { redact } from "../../secret.ts";
import type { Destination, Means } from "../delivery.ts";
import { refuseStrangers } from "../destination.ts";

export interface Target {
  context: string | undefined;
  namespace: string | undefined;
  name: string;
}

/** @throws Problem `invalid_input`; what was given is not repeated, and no token gets into argv as a context's name */
export function targetOf(destination: Destination): Target {
  const { path, kubernetes: given = {} } = destination;
  refuseStrangers("kubernetes", destination, ["path", "kubernetes", ...(path ? (["git"] as const) : [])]);
  const { context, namespace, secret_name: name = "fly-registry-secret" } = given;
  for (const [member, value] of Object.entries({ namespace, secret_name: name }))
    if (value !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value))
      throw new Problem(
        "invalid_input",
        `kubernetes.${member} is not a name that Kubernetes takes.`,
        "Use at most 63 lower-case letters, digits and dashes, with no dash at either end.",
      );
  if (context !== undefined && (!/^\P{Cc}+$/u.test(context) || redact(context) !== context))
    throw new Problem(
      "invalid_input",
      "kubernetes.context is not the name of a context.",
      "Use one that `kubectl config get-contexts` lists.",
    );
  if (context !== undefined && path)
    throw new Problem(
      "invalid_input",
      "A manifest belongs to no context.",
      "Call again without kubernetes.context, or without deliver_path.",
    );
  return { context, namespace, name };
}

/** Whose images the secret opens. @throws Problem `unsupported` */
export async function imagesOf({ issuer }: Means): Promise<Endpoint> {
  if (issuer?.registries) return issuer.registries.endpoint("docker");
  throw new Problem(
    "unsupported",
    `${issuer?.title ?? "The issuer"} has no registry to pull images from.`,
    "Call again with another provider, or with deliver_to file.",
  );
}
