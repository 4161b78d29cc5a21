/** Where a secret is to go, as a caller of a tool says it. */
import * as z from "zod";
import { Problem } from "../problem.ts";
import type { Destination } from "./delivery.ts";
import { entryNameOf } from "./entry-name.ts";

export const deliveryIds = [
  "inline",
  "file",
  "env_file",
  "keychain",
  "kubernetes",
  "github_actions",
  "fly_secrets",
  "reveal_page",
] as const;

/** The arguments of every tool that hands out a secret, beside its own. */
export const deliveryShape = {
  deliver_to: z.enum(deliveryIds).default("inline"),
  deliver_path: z.string().optional().describe("kubernetes: a manifest, not applied"),
  deliver_name: z.string().max(200).optional().describe("Default FLY_TOKEN; keychain: the name"),
  deliver_in: z
    .string()
    .max(300)
    .optional()
    .describe("github_actions: OWNER/REPO[/ENVIRONMENT]; fly_secrets: the app"),
  deliver_git: z
    .enum(["refuse", "ignore", "allow"])
    .optional()
    .describe("Where git would take the file along; ignore: adds it to .gitignore"),
  kubernetes: z
    .strictObject({
      context: z.string().max(253).optional(),
      namespace: z.string().optional(),
      secret_name: z.string().optional(),
    })
    .optional(),
};

type Arguments = Omit<z.output<z.ZodObject<typeof deliveryShape>>, "deliver_to"> & {
  deliver_to?: string | undefined;
};

/**
 * What of a call's arguments says where in particular. An entry of the keychain is called like its token (`name`), and
 * `env_file` is the .env below the working folder, unless told otherwise.
 * This is decided here, before there is one, so that a check and a rotation mean the same entry.
 */
export function destinationOf(given: Arguments & { name?: string }): Destination {
  const { deliver_to, deliver_in, deliver_git, kubernetes } = given;
  const path = given.deliver_path ?? (deliver_to === "env_file" ? ".env" : undefined);
  const entry = deliver_to === "keychain" && given.name !== undefined ? entryNameOf(given.name) : undefined;
  const name = given.deliver_name ?? entry;
  return { path, name, in: deliver_in, git: deliver_git, kubernetes };
}

const names: Record<keyof Destination, string> = {
  path: "deliver_path",
  name: "deliver_name",
  in: "deliver_in",
  git: "deliver_git",
  kubernetes: "kubernetes",
};

/**
 * What would be ignored without a word is refused: the caller meant something by it.
 * @param known what the delivery understands
 * @throws Problem `invalid_input`
 */
export function refuseStrangers(
  id: string,
  destination: Destination,
  known: readonly (keyof Destination)[],
): void {
  const stranger = (Object.keys(names) as (keyof Destination)[]).find(
    (key) => destination[key] !== undefined && !known.includes(key),
  );
  if (stranger === undefined) return;
  // Whoever says where it is to go wants it there, and not in the result.
  const isUnsaid = id === "inline";
  throw new Problem(
    "invalid_input",
    `${names[stranger]} means nothing to deliver_to "${id}".`,
    isUnsaid
      ? `Say what it is for with deliver_to, too: "inline" is the default.`
      : `Call again without ${names[stranger]}, or with another deliver_to.`,
    { argument: isUnsaid ? "deliver_to" : names[stranger] },
  );
}
