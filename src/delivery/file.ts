import { whole as format } from "../formats/whole.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import { type Destination, defineDelivery } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";
import { editSecretFile, type SecretFile } from "./secret-file.ts";

/** The value stands alone in a new file that only its owner can read. */
export const file = defineDelivery({
  id: "file",
  title: "in a new file that only you can read",
  reveals: false,

  async check(destination, means, former = false) {
    await editSecretFile(placed(destination, former, ""), means);
  },

  async deliver(login, destination, means, former = false) {
    const target = placed(destination, former, login.secret.reveal());
    const { restore_id, warnings } = await editSecretFile(target, means, login);
    return { kind: "file", location: target.path, restore_id, warnings };
  },

  async read(destination, { disk }) {
    const path = pathOf(destination);
    const text = (await disk.read([path])).get(path) ?? "";
    const value = loneLine.exec(text)?.[1];
    return value === undefined ? undefined : new Secret(value);
  },
});

const loneLine = /^([^\r\n]+)(?:\r?\n)?$/;

function placed(destination: Destination, former: boolean, value: string): SecretFile {
  const path = pathOf(destination);
  return {
    path,
    git: destination.git,
    plan(texts) {
      const text = texts.get(path) ?? null;
      const whole = (source: string) => ({ format, path: [], source });
      if (text === null || (former && text === "")) return whole(`${value}\n`);
      const line = former ? loneLine.exec(text)?.[1] : undefined;
      if (line !== undefined) return whole(value + text.slice(line.length));
      throw former
        ? new Problem(
            "conflict",
            `${path} holds something else than the one value that was delivered.`,
            "Put it back to that, or make a new token with generate_token and another deliver_path.",
          )
        : new Problem("conflict", `${path} exists already.`, "Choose a path where there is no file yet.");
    },
  };
}

function pathOf(destination: Destination): string {
  refuseStrangers("file", destination, ["path", "git"]);
  if (destination.path) return destination.path;
  throw new Problem(
    "invalid_input",
    "To deliver to a file, its path is needed.",
    "Call again with deliver_path.",
    { argument: "deliver_path" },
  );
}
