/** Who the configured credential is: a user, or a token by its address `<uuid>@tokens.fly.io`. */
import { uuidOf } from "../../macaroon/macaroon.ts";
import { Problem, quote } from "../../problem.ts";
import type { Identity } from "../provider.ts";
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
        if (viewer.__typename !== "User")
          return token(viewer.address ?? uuidIn((await credentials.get()).bag));
        const isAdmin = (await ownOrganizations(ask)).some(({ viewerRole }) => viewerRole === "admin");
        return { username: quote(viewer.email), role: isAdmin ? "admin" : "developer" };
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
  const uuid = uuidIn(bag);
  if (uuid === undefined) throw refusal;
  const tokens = await machines.current(bag).catch((error) => {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "unauthorized") throw refusal;
    return [];
  });
  const token_id = tokens.find((one) => one.token_id !== undefined)?.token_id;
  return { ...token(uuid), ...(token_id !== undefined && { token_id }) };
}

/** @param name an address or what stands before the @ of one */
function token(name = "token"): Me {
  return { username: quote(name.includes("@") ? name : `${name}@tokens.fly.io`), role: "developer" };
}

/** Which token it is, by what survives narrowing and is no secret. */
function uuidIn(bag: Bag): string | undefined {
  const [first] = permissionsIn(bag);
  return first && uuidOf(first.nonce);
}
