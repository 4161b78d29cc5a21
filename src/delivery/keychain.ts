/** KEYCHAIN: an entry of the operating system's own store of secrets, under the service fly-tokens. */
import { randomUUID } from "node:crypto";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import { type Destination, defineDelivery, type Keychain } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";
import { isEntryName } from "./entry-name.ts";

export const keychain = defineDelivery({
  id: "keychain",
  title: "in the operating system's keychain",
  reveals: false,

  async check(destination, { keychain }, former) {
    const name = nameOf(destination);
    if (!former) await refuseTaken(name, keychain);
    await tryOut(keychain);
  },

  async deliver({ secret }, destination, { keychain }, former) {
    const name = nameOf(destination);
    if (!former) await refuseTaken(name, keychain);
    await keychain.set(name, secret);
    const command = keychain.command(name);
    const byHand = command === undefined ? "" : ` A person reads it with \`${command}\`.`;
    return {
      kind: "keychain",
      location: `the entry ${name} of the keychain (service fly-tokens)`,
      next: `Use it by token_from: keychain:${name}.${byHand}`,
    };
  },

  read: (destination, { keychain }) => keychain.get(nameOf(destination)),
});

/** @throws Problem `invalid_input`; what was given is not repeated */
function nameOf(destination: Destination): string {
  refuseStrangers("keychain", destination, ["name"]);
  const { name } = destination;
  if (name !== undefined && isEntryName(name)) return name;
  throw new Problem(
    "invalid_input",
    name === undefined
      ? "An entry of the keychain needs a name."
      : "deliver_name is not a name for an entry of the keychain.",
    "Call again with a deliver_name of at most 100 letters, digits and ._- that begins with a letter or digit.",
  );
}

/** @throws Problem `conflict` */
async function refuseTaken(name: string, keychain: Keychain): Promise<void> {
  if ((await keychain.get(name)) === undefined) return;
  throw new Problem(
    "conflict",
    `The keychain has an entry ${name} already (service fly-tokens).`,
    "Call again with another deliver_name, or let the user delete that entry.",
  );
}

/**
 * An entry that is not there can be looked up in a locked keychain, too. Whether one can be made shows only when one is:
 * where it needs a person's password, that is asked for now.
 */
async function tryOut(keychain: Keychain): Promise<void> {
  const name = `.trial-${randomUUID()}`;
  await keychain.set(name, new Secret("trial"));
  await keychain.delete(name);
}
