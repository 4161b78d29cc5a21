/**
 * KUBERNETES: a pull secret as `kubectl create secret docker-registry` makes it, in a new manifest or in the cluster.
 * kubectl gets it on stdin and lets the server merge it: applied by the client, the secret would stand a second time in
 * an annotation, and one that somebody else made would be replaced instead of being a conflict.
 */
import { dockerConfigJson, type HostLogin } from "../package-managers/docker/pull-secret.ts";
import { Problem, type ProblemCode, quote } from "../problem.ts";
import type { Endpoint } from "../providers/provider.ts";
import type { Run, RunResult } from "../run.ts";
import { redact } from "../secret.ts";
import { type Destination, defineDelivery, type Means } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";

export const kubernetes = defineDelivery({
  id: "kubernetes",
  title: "in a pull secret of Kubernetes",
  reveals: false,
  pulls_images: true,

  /** The server does all of it but the last step, with a secret that has no login. */
  async check(destination, means) {
    const target = targetOf(destination);
    await imagesOf(means);
    if (destination.path) await means.disk.create(destination.path, "", { dry_run: true });
    else await apply(manifest(target, []), [...inContext(target), "--dry-run=server"], means.run);
  },

  async deliver({ username, secret }, destination, means) {
    const target = targetOf(destination);
    const { url: host, path } = await imagesOf(means);
    const password = means.issuer?.registries?.password?.(secret) ?? secret;
    const text = manifest(target, [{ host, path, username, secret: password }]);
    const use = `Pods pull with imagePullSecrets: [{"name": "${target.name}"}].`;
    if (destination.path) {
      await means.disk.create(destination.path, text);
      const next = `Apply it with \`kubectl apply --server-side -f\`, then delete the file. ${use}`;
      return { kind: "kubernetes", location: destination.path, next };
    }
    const namespace = await apply(text, inContext(target), means.run).catch((error) => {
      throw perhapsDone(error, target);
    });
    const where = target.context === undefined ? "kubectl's current context" : `context ${target.context}`;
    const location = `the secret ${target.name} in namespace ${namespace} of ${where}`;
    return { kind: "kubernetes", location, next: use };
  },
});

interface Target {
  context: string | undefined;
  namespace: string | undefined;
  name: string;
}

/** @throws Problem `invalid_input`; what was given is not repeated, and no token gets into argv as a context's name */
function targetOf(destination: Destination): Target {
  refuseStrangers("kubernetes", destination, ["path", "kubernetes"]);
  const { path, kubernetes: given = {} } = destination;
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

/** @throws Problem `unsupported` */
async function imagesOf({ issuer }: Means): Promise<Endpoint> {
  if (issuer?.registries) return issuer.registries.endpoint("docker");
  throw new Problem(
    "unsupported",
    `${issuer?.title ?? "The issuer"} has no registry to pull images from.`,
    "Call again with another provider, or with deliver_to file.",
  );
}

/** JSON, which is YAML too, and in which no name can be taken for a number. */
function manifest({ namespace, name }: Target, logins: readonly HostLogin[]): string {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": Buffer.from(dockerConfigJson(logins)).toString("base64") },
  };
  return `${JSON.stringify(secret, null, 2)}\n`;
}

const inContext = ({ context }: Target) => (context === undefined ? [] : [`--context=${context}`]);

/** Returns the namespace where it was applied. @throws Problem `not_found`, `forbidden`, `conflict`, `command_failed` */
async function apply(text: string, more: readonly string[], run: Run): Promise<string> {
  // What is ours needs no validation, for which kubectl would fetch all that the server knows first.
  const how = ["--server-side", "--field-manager=fly-tokens", "--validate=false", ...more];
  const args = ["apply", ...how, "-o", "jsonpath={.metadata.namespace}", "-f", "-"];
  const result = await run("kubectl", args, { input: text, timeout: 30_000 });
  if (result.code !== 0) throw refusal(result, text);
  return quote(result.stdout, 63);
}

/** By kubectl's words, since its exit code is always 1. */
const refusals: readonly [RegExp, ProblemCode, string][] = [
  [
    /^error: Apply failed with \d+ conflict/,
    "conflict",
    "Somebody else made that secret: delete it there, or give another kubernetes.secret_name.",
  ],
  [
    /\(Forbidden\)/,
    "forbidden",
    "Ask for the right to create and patch secrets there, or call again with deliver_path for a manifest that somebody else applies.",
  ],
  [
    /\(NotFound\)|^error: context .* does not exist/,
    "not_found",
    "Name another in kubernetes, or create it with kubectl.",
  ],
  [
    /(?:)/,
    "command_failed",
    "Run `kubectl auth can-i create secrets` to see whether it reaches the cluster, or call again with deliver_path.",
  ],
];

/** A kubectl that was stopped, or lost its connection, may have done it all the same. */
function perhapsDone(error: unknown, { name }: Target): unknown {
  if (!(error instanceof Problem) || error.code !== "command_failed") return error;
  const sentence = `${error.message} The secret ${name} may have been replaced all the same.`;
  return new Problem(error.code, sentence, error.fix, { cause: error });
}

/** @param sent what it was given: of the login in there, which is encoded twice, no part is repeated */
function refusal({ code, stdout, stderr }: RunResult, sent: string): Problem {
  const [said, printed] = [stderr, stdout].map((text) =>
    quote(text.replace(/[\w+/]{16,}/g, (run) => (sent.includes(run) ? "[redacted]" : run))),
  );
  const words = said || printed || `exit code ${code}`;
  const [, kind, fix] = refusals.find(([pattern]) => pattern.test(words)) ?? [];
  return new Problem(kind ?? "command_failed", `kubectl refused the pull secret: "${words}".`, fix ?? "");
}
