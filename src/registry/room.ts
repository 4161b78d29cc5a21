/** What the service hands to each of its rooms (npm, PyPI, OCI, Maven, generic, management). */
import type { Door } from "./caller.ts";
import type { DockerGateway } from "./gateway/docker/index.ts";
import type { Artifacts } from "./store/artifacts.ts";
import type { RegistryDatabase } from "./store/database.ts";

export interface RoomDeps {
  db: RegistryDatabase;
  blobs: Artifacts;
  door: Door;
  now(): Date;
  /** Where clients reach the registry: the one that the operator names, else the one that the request was sent to. */
  origin(request: Request): string;
  /** Where a client that asked at `from` is sent for a package that is not here; `undefined`: nowhere. No final slash. */
  upstream(ecosystem: "npm" | "pypi", from?: URL): Promise<string | undefined>;
  /** A docker registry of the team's own, whose clients come here for their tokens. */
  docker?: DockerGateway | undefined;
}
