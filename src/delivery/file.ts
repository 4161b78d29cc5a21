import { Problem } from "../problem.ts";
import { type Destination, defineDelivery } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";

/** The value stands alone in a new file that only its owner can read. */
export const file = defineDelivery({
  id: "file",
  title: "in a new file that only you can read",
  reveals: false,
  check: (destination, { disk }) => disk.create(pathOf(destination), "", { dry_run: true }),
  async deliver({ secret }, destination, { disk }) {
    const path = pathOf(destination);
    await disk.create(path, `${secret.reveal()}\n`);
    return { kind: "file", location: path };
  },
});

function pathOf(destination: Destination): string {
  refuseStrangers("file", destination, ["path", "git"]);
  if (destination.path) return destination.path;
  throw new Problem(
    "invalid_input",
    "To deliver to a file, its path is needed.",
    "Call again with deliver_path.",
  );
}
