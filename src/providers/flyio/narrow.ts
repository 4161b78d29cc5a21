/** What is taken away from a token after Fly.io has made it: the same caveats, byte for byte, that flyctl adds. */
import { attenuate } from "../../macaroon/attenuate.ts";
import { type CaveatJson, toJson } from "../../macaroon/caveat.ts";
import { formatHeader, macaroonsOf, parseHeader } from "../../macaroon/header.ts";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import type { FlyioRequest } from "../provider.ts";
import { authorizationOf, bagOf } from "./authorization.ts";
import type { Kind } from "./kinds.ts";
import type { App } from "./names.ts";
import type { Target } from "./target.ts";

export const everyAction = "rwcdC";

/**
 * The token of a kind, made from the one that Fly.io gave.
 * @throws Problem `provider_down` when that one is not what it has to be
 */
export function narrowed(given: Secret, kind: Kind, target: Target, commands: CaveatJson): Secret {
  const header = authorizationOf(bagOf(given), "machines");
  const additions = additionsFor(kind, target, commands, header);
  if (additions.length === 0) return given;
  const permissions = additions.flatMap((caveats) =>
    macaroonsOf(parseHeader(attenuate(header, caveats)), "permission"),
  );
  return new Secret(formatHeader([...permissions, ...macaroonsOf(parseHeader(header), "discharge")]));
}

/** The caveats of each permission token that it becomes. */
function additionsFor(
  kind: Kind,
  { app, apps }: Target,
  commands: CaveatJson,
  header: string,
): CaveatJson[][] {
  switch (kind) {
    case "readonly":
      if (apps) return [[appsCaveat(apps, "r")]];
      return [[app ? { type: "Action", body: "r" } : readOrganization(header)]];
    case "apps":
      return [[appsCaveat(apps ?? [], everyAction)]];
    case "ssh":
      return [
        [{ type: "Action", body: "r" }],
        [{ type: "Mutations", body: { mutations: ["issueCertificate", "addWireGuardPeer"] } }],
      ];
    case "machine-exec":
      return [[commands]];
    case "wireguard":
      return [
        [
          ifPresent([
            { type: "Apps", body: { apps: {} } },
            { type: "FeatureSet", body: { features: { wg: everyAction } } },
          ]),
        ],
      ];
    default:
      return [];
  }
}

type Commands = Pick<FlyioRequest, "commands" | "command_prefixes">;

/**
 * Commands that may be run, while everything else may only be read: to run one, a client first looks for the machine.
 * Without any command, every command may be run.
 * @throws Problem `invalid_input` for an empty list or command, which would stand for every one
 */
export function commandsCaveat({ commands, command_prefixes }: Commands): CaveatJson {
  const lists = [commands, command_prefixes].filter((list) => list !== undefined);
  if (lists.some((list) => list.length === 0 || list.some((args) => args.length === 0)))
    throw new Problem(
      "invalid_input",
      "A list of commands is empty, or a command in it.",
      "Name commands, each with at least one word.",
    );
  const allowed = [
    ...(commands ?? []).map((args) => ({ args, exact: true })),
    ...(command_prefixes ?? []).map((args) => ({ args })),
  ];
  return ifPresent([{ type: "Commands", body: allowed.length > 0 ? allowed : [{ args: [] }] }]);
}

export function appsCaveat(apps: readonly Pick<App, "number">[], mask: string): CaveatJson {
  return { type: "Apps", body: { apps: Object.fromEntries(apps.map(({ number }) => [number, mask])) } };
}

function ifPresent(ifs: CaveatJson[]): CaveatJson {
  return { type: "IfPresent", body: { ifs, else: "r" } };
}

/** Read alone, in the organization that the token itself is bound to. */
function readOrganization(header: string): CaveatJson {
  const permissions = macaroonsOf(parseHeader(header), "permission");
  const bounds = permissions.flatMap(({ caveats }) => caveats.filter(({ name }) => name === "Organization"));
  const [bound] = bounds;
  if (!bound || bounds.length > 1)
    throw new Problem(
      "provider_down",
      "The token that Fly.io made is not bound to one organization.",
      "Ask for another kind of token, or for one of an app.",
    );
  return { type: "Organization", body: { ...(toJson(bound).body as object), mask: "r" } };
}
