/** Who the configured credential is: a user, or a token by its address `<uuid>@tokens.fly.io`. */
import { uuidOf } from "../../macaroon/macaroon.ts";
import { Problem, quote } from "../../problem.ts";
import type { Identity } from "../provider.ts";
import { fixes } from "./answers.ts";
import { viewerQuery } from "./api.generated.ts";
import { type Bag, permissionsIn } from "./authorization.ts";
import type { Credentials } from "./credential.ts";
import type { Ask } from "./graphql.ts";
import type { Machines } from "./machines.ts";
import { ownOrganizations } from "./names.ts";

type Me = Awaited<ReturnType<Identity["me"]>>;

export function identityOf(ask: Ask, machines: Machines, credentials: Credentials): Identity {
  return {
    async me() {
      try {
        const { viewer } = await ask(viewerQuery, {});
        if (viewer?.__typename === "User") {
          const isAdmin = (await ownOrganizations(ask)).some(({ viewerRole }) => viewerRole === "admin");
          return { username: quote(viewer.email), role: isAdmin ? "admin" : "developer" };
        }
        const address = viewer?.address ?? addressIn((await credentials.get()).bag);
        if (address) return { username: quote(address), role: "developer" };
        throw new Problem(
          "provider_down",
          "Fly.io does not say whose the credential is.",
          fixes.provider_down,
        );
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "unauthorized") throw error;
        return withoutGraphql(machines, (await credentials.get()).bag, error);
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

/** A token's own, by what survives narrowing and is no secret. */
function addressIn(bag: Bag): string | undefined {
  const [first] = permissionsIn(bag);
  return first && `${uuidOf(first.nonce)}@tokens.fly.io`;
}
