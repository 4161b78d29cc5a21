/** Who the configured credential is: a user, or a token by its address `<uuid>@tokens.fly.io`. */
import { uuidOf } from "../../macaroon/macaroon.ts";
import { Problem, quote } from "../../problem.ts";
import type { Identity } from "../provider.ts";
import { fixes } from "./answers.ts";
import { viewerQuery } from "./api.generated.ts";
import { type Bag, permissionsIn } from "./authorization.ts";
import type { Credentials } from "./credential.ts";
import type { Fingerprints } from "./fingerprints.ts";
import type { Ask } from "./graphql.ts";
import type { Machines } from "./machines.ts";
import { ownOrganizations } from "./names.ts";

type Me = Awaited<ReturnType<Identity["me"]>>;

interface Parts {
  ask: Ask;
  machines: Machines;
  credentials: Credentials;
  fingerprints: Fingerprints;
}

export function identityOf({ ask, machines, credentials, fingerprints }: Parts): Identity {
  return {
    async me() {
      try {
        const { viewer } = await ask(viewerQuery, {});
        if (viewer?.__typename === "User") {
          const isAdmin = (await ownOrganizations(ask)).some(({ viewerRole }) => viewerRole === "admin");
          return { username: quote(viewer.email), role: isAdmin ? "admin" : "developer" };
        }
        const { bag } = await credentials.get();
        const address = viewer?.address ?? addressIn(bag);
        if (address)
          return { username: quote(address), role: "developer", ...(await idOf(bag, fingerprints)) };
        throw new Problem(
          "provider_down",
          "Fly.io does not say whose the credential is.",
          fixes.provider_down,
        );
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "unauthorized") throw error;
        const { bag } = await credentials.get();
        return { ...(await withoutGraphql(machines, bag, error)), ...(await idOf(bag, fingerprints)) };
      }
    },
  };
}

/**
 * A token that GraphQL does not speak to, the Machines API may know; if that one cannot say, the token itself does.
 * @throws Problem the refusal, when both refuse it
 */
async function withoutGraphql(machines: Machines, bag: Bag, refusal: Problem): Promise<Me> {
  const address = addressIn(bag);
  if (address === undefined) throw refusal;
  const tokens = await machines.current(bag).catch((error) => {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "unauthorized") throw refusal;
    return [];
  });
  const token_id = tokens.find((one) => one.token_id !== undefined)?.token_id;
  return { username: address, role: "developer", ...(token_id !== undefined && { token_id }) };
}

/** The token on record that it is, or was narrowed from, where it was made here: with that one it ends. */
async function idOf(bag: Bag, fingerprints: Fingerprints): Promise<Pick<Me, "token_id">> {
  const uuid = uuidIn(bag);
  const known = uuid === undefined ? undefined : await fingerprints.find(bag, uuid);
  return known ? { token_id: known.id } : {};
}

/** A token's own, by what survives narrowing and is no secret. */
function addressIn(bag: Bag): string | undefined {
  const uuid = uuidIn(bag);
  return uuid && `${uuid}@tokens.fly.io`;
}

function uuidIn(bag: Bag): string | undefined {
  const [first] = permissionsIn(bag);
  return first && uuidOf(first.nonce);
}
