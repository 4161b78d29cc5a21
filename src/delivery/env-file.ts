import { dotenv } from "../formats/dotenv.ts";
import { parsing, readValue } from "../package-managers/edit.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import { type Destination, defineDelivery } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";
import { editSecretFile, type SecretFile } from "./secret-file.ts";

/** The value stands behind one key of a .env file, among whatever else is in there. */
export const envFile = defineDelivery({
  id: "env_file",
  title: "in a .env file",
  reveals: false,

  async check(destination, means, former = false) {
    await editSecretFile(placed(destination, former, "checked"), means);
  },

  async deliver(login, destination, means, former = false) {
    const target = placed(destination, former, login.secret.reveal());
    const { restore_id, warnings } = await editSecretFile(target, means, login);
    const { path, name } = placeOf(destination);
    return { kind: "env_file", location: `${name} in ${path}`, restore_id, warnings };
  },

  async read(destination, { disk }) {
    const { path, name } = placeOf(destination);
    const source = readValue(dotenv, path, await disk.read([path]), [name]);
    const value = source && dotenv.decode(source);
    return value ? new Secret(value) : undefined;
  },
});

function placed(destination: Destination, former: boolean, value: string): SecretFile {
  const { path, name } = placeOf(destination);
  return {
    path,
    git: destination.git,
    plan(texts) {
      const there = readValue(dotenv, path, texts, [name]);
      if (there && dotenv.decode(there) !== "" && !former)
        throw new Problem(
          "conflict",
          `${path} has a value for ${name} already.`,
          "Delete it there, or give another deliver_name.",
        );
      const source = parsing(path, () => dotenv.encode(value, there));
      return { format: dotenv, path: [name], source };
    },
  };
}

/** @throws Problem `invalid_input`; what was given is not repeated: it may be a secret in the wrong place */
function placeOf(destination: Destination): { path: string; name: string } {
  refuseStrangers("env_file", destination, ["path", "name", "git"]);
  const { path, name = "FLY_TOKEN" } = destination;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new Problem(
      "invalid_input",
      "deliver_name is not the name of a variable.",
      "Use letters, digits and underscores, with no digit at the beginning.",
    );
  if (path) return { path, name };
  throw new Problem(
    "invalid_input",
    "To deliver to a .env file, its path is needed.",
    "Call again with deliver_path.",
  );
}
