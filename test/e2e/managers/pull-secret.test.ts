/** A cluster's pull secret, held against the one that kubectl makes; that needs no cluster. */
import { expect, test } from "vitest";
import { dockerConfigJson } from "../../../src/package-managers/docker/pull-secret.ts";
import { Secret } from "../../../src/secret.ts";
import { describeWith } from "../clients.ts";
import { openMachine } from "../machine.ts";
import { succeed } from "../wares.ts";

describeWith(["kubectl"], "a pull secret", () => {
  test.each([
    ["acme.example", undefined, "alice", "a-token-of-nobody's"],
    ["acme.example", "docker", "alice", "a-token-of-nobody's"],
    ["127.0.0.1:5000", "docker", "bob@acme.example", 'tök:en "quoted" <&>'],
  ])("is what kubectl makes for %s, path %s", async (host, path, username, token) => {
    await using machine = await openMachine();
    // On the command line, where a real token must never be: here it is nobody's.
    const made = await succeed(
      machine.run("kubectl", [
        ...[
          "create",
          "secret",
          "docker-registry",
          "pull",
          `--docker-server=${path ? `${host}/${path}` : host}`,
        ],
        ...[`--docker-username=${username}`, `--docker-password=${token}`, "--dry-run=client", "-o", "json"],
      ]),
    );
    const { type, data } = JSON.parse(made) as { type: string; data: Record<string, string> };
    expect(type).toBe("kubernetes.io/dockerconfigjson");
    const theirs = JSON.parse(Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString("utf8"));
    expect(JSON.parse(dockerConfigJson([{ host, path, username, secret: new Secret(token) }]))).toEqual(
      theirs,
    );
  });
});
