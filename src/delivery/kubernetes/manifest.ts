/** The secret as a file that somebody applies. */
import type { Texts } from "../../disk/change.ts";
import { whole } from "../../formats/whole.ts";
import { yaml } from "../../formats/yaml.ts";
import type { HostLogin } from "../../package-managers/docker/pull-secret.ts";
import { readValue } from "../../package-managers/edit.ts";
import { Problem } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import type { Destination } from "../delivery.ts";
import type { SecretFile } from "../secret-file.ts";
import { encoded, passwordIn, renewed, type Server } from "./config.ts";
import type { Target } from "./target.ts";

/** JSON, which is YAML too, and in which no name can be taken for a number. @throws Problem `invalid_input` */
export function manifest({ namespace, name }: Target, logins: readonly HostLogin[]): string {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": encoded(logins) },
  };
  return `${JSON.stringify(secret, null, 2)}\n`;
}

/**
 * A new file; of one that has our former login this login is replaced, and whatever else stands there stays.
 * @param destination with a path
 */
export function manifestFile(
  destination: Destination & { path: string },
  target: Target,
  login: HostLogin,
  former: boolean,
): SecretFile {
  const { path, git } = destination;
  return {
    path,
    git,
    plan(texts) {
      const text = texts.get(path) ?? null;
      if (text === null) return { format: whole, path: [], source: manifest(target, [login]) };
      if (!former)
        throw new Problem("conflict", `${path} exists already.`, "Choose a path where there is no file yet.");
      const there = readValue(yaml, path, texts, place);
      const value = renewed((there && yaml.decode(there)) ?? "", login);
      // In quotes, so that a file that is JSON stays JSON.
      if (value !== undefined) return { format: yaml, path: place, source: yaml.encode(value) };
      throw new Problem(
        "conflict",
        `${path} does not hold the pull secret any longer that was delivered there.`,
        "Put it back to that, or make a new token with generate_token and another deliver_path.",
      );
    },
  };
}

/** @throws Problem `file_unparsable` */
export function readManifest(path: string, texts: Texts, server: Server): Secret | undefined {
  const source = readValue(yaml, path, texts, place);
  const value = source && yaml.decode(source);
  return value ? passwordIn(value, server) : undefined;
}

const place = ["data", ".dockerconfigjson"];
