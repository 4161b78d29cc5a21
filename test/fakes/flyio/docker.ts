/** The docker registry's door: who comes in with the bundle as the password, and the name `x`. */
import { type Answer, failure, json } from "./answer.ts";
import { type Caller, identify } from "./caller.ts";
import type { Incoming } from "./request.ts";
import type { World } from "./world.ts";

/** `/v2/`, which every client asks first. */
export function dockerDoor({ caller }: Incoming): Answer {
  if (caller.kind !== "nobody") return json({});
  return failure(401, "unauthorized", { "www-authenticate": 'Basic realm="registry.fly.io"' });
}

/** The password may not have the scheme before it: clients that put it there have not taken it off. */
export function dockerCaller(world: World, authorization: string): Caller {
  const [, encoded = ""] = /^basic\s+(\S+)$/i.exec(authorization) ?? [];
  const [user, ...password] = Buffer.from(encoded, "base64").toString().split(":");
  const text = password.join(":");
  if (user !== "x" || /\s/.test(text)) return { kind: "nobody", because: "no login" };
  return identify(world, text, "macaroon");
}
