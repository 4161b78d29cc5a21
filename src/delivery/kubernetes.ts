/** KUBERNETES: a pull secret as `kubectl create secret docker-registry` makes it, in a manifest or in the cluster. */
import type { HostLogin } from "../package-managers/docker/pull-secret.ts";
import { Secret } from "../secret.ts";
import { type Destination, defineDelivery, type Login, type Means } from "./delivery.ts";
import { passwordIn } from "./kubernetes/config.ts";
import { apply, perhapsDone, valueInCluster } from "./kubernetes/kubectl.ts";
import { manifest, manifestFile, readManifest } from "./kubernetes/manifest.ts";
import { imagesOf, targetOf } from "./kubernetes/target.ts";
import { editSecretFile } from "./secret-file.ts";

export const kubernetes = defineDelivery({
  id: "kubernetes",
  title: "in a pull secret of Kubernetes",
  reveals: false,
  pulls_images: true,

  /** In the cluster it is tried with a secret that has no login. */
  async check(destination, means, former = false) {
    const target = targetOf(destination);
    const standIn = await loginFor({ username: "checked", secret: new Secret("checked") }, means);
    if (isFile(destination)) await editSecretFile(manifestFile(destination, target, standIn, former), means);
    else await apply(manifest(target, []), target, means.run, true);
  },

  async deliver(login, destination, means, former = false) {
    const target = targetOf(destination);
    const images = await loginFor(login, means);
    const use = `Pods pull with imagePullSecrets: [{"name": "${target.name}"}].`;
    if (isFile(destination)) {
      const file = manifestFile(destination, target, images, former);
      const { restore_id, warnings } = await editSecretFile(file, means, login);
      const next = `Apply it with \`kubectl apply --server-side -f\`, then delete the file. ${use}`;
      return { kind: "kubernetes", location: file.path, next, restore_id, warnings };
    }
    const namespace = await apply(manifest(target, [images]), target, means.run).catch((error) => {
      throw perhapsDone(error, target);
    });
    const where = target.context === undefined ? "kubectl's current context" : `context ${target.context}`;
    const location = `the secret ${target.name} in namespace ${namespace} of ${where}`;
    return { kind: "kubernetes", location, next: use };
  },

  async read(destination, means) {
    const target = targetOf(destination);
    const { url: host, path } = await imagesOf(means);
    if (isFile(destination))
      return readManifest(destination.path, await means.disk.read([destination.path]), { host, path });
    const value = await valueInCluster(target, means.run);
    return value === undefined ? undefined : passwordIn(value, { host, path });
  },
});

const isFile = (destination: Destination): destination is Destination & { path: string } =>
  Boolean(destination.path);

/** @throws Problem `unsupported` */
async function loginFor({ username, secret }: Login, means: Means): Promise<HostLogin> {
  const { url: host, path } = await imagesOf(means);
  return { host, path, username, secret: means.issuer?.registries?.password?.(secret) ?? secret };
}
