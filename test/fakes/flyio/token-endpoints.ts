/** The Machines API's word on tokens. Those that are asked about come in the body, so nobody has to log in for it. */
import { toJson } from "../../../src/macaroon/caveat.ts";
import { formatHeader } from "../../../src/macaroon/header.ts";
import { accessInGo, type NamedAccess, resolveAccess } from "./access.ts";
import { type Answer, failure, json } from "./answer.ts";
import type { Incoming } from "./request.ts";
import { allows, check, type Permit } from "./tokens.ts";

/** Which of them are genuine; says nothing of what they allow. */
export function authenticate({ world, body }: Incoming): Answer {
  const { permits, problems } = check(world, String(body.header ?? ""));
  return permits.length > 0 ? json(permits.map(verified)) : failure(400, problems.join("; "));
}

/** Whether one of them allows an access. */
export function authorize({ world, body }: Incoming): Answer {
  const { permits, problems } = check(world, String(body.header ?? ""));
  if (permits.length === 0) return failure(400, `authorize: ${problems.join("; ")}`);
  try {
    const access = resolveAccess(world, (body.access ?? {}) as NamedAccess);
    const allowing = permits.find((permit) => allows([permit], access, world.now()).allowed);
    return allowing
      ? json({ access: accessInGo(access), verified_token: verified(allowing) })
      : failure(400, `authorize: ${allows(permits, access, world.now()).because.join("; ")}`);
  } catch (error) {
    // Something that does not exist, or things that do not go together.
    return failure(400, `authorize: ${(error as Error).message}`);
  }
}

/** What the caller came with. */
export function current({ caller }: Incoming): Answer {
  if (caller.kind === "nobody") return failure(401, "Authenticate: token validation error");
  if (caller.kind === "user")
    return json({
      tokens: [{ token_id: "", organization: "", org_slug: "", apps: [], user: caller.user.id }],
    });
  return json({ tokens: caller.permits.map(described) });
}

function described({ record }: Permit): unknown {
  return {
    token_id: record.uuid,
    organization: record.organization.name,
    org_slug: record.organization.slug,
    apps: record.app ? [record.app.name] : [],
    user: "",
    restricted_to_machine: "",
    source_machine_id: "",
  };
}

function verified({ caveats, macaroon }: Permit): unknown {
  const { kid, rnd, proof } = macaroon.nonce;
  return {
    caveats: caveats.map(toJson),
    header: formatHeader([macaroon]),
    nonce: { kid: base64(kid), rnd: base64(rnd), proof },
    permission_token: base64(macaroon.bytes),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
