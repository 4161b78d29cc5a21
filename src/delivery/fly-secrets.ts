/**
 * FLY.IO: a secret of an app, by flyctl. It is staged first, and the machines restarted after, as `flyctl secrets set`
 * does in one: a restart that fails or takes too long must leave nobody in doubt whether the secret is there, and a
 * secret that is only staged would leave machines with a value that a rotation is about to end.
 */
import { type DeliveryReceipt, defineDelivery, type Means } from "./delivery.ts";
import { checkPlace, restart, stage } from "./fly/flyctl.ts";
import { lineOf, type Place, placeOf, spoken } from "./fly/place.ts";

export const flySecrets = defineDelivery({
  id: "fly_secrets",
  title: "in a secret of a Fly.io app",
  reveals: false,

  check: async (destination, means, former = false) => checkPlace(placeOf(destination), means, former),

  async deliver({ secret }, destination, means, former = false) {
    const place = placeOf(destination);
    const line = lineOf(place, secret.reveal());
    await checkPlace(place, means, former);
    await stage(place, line, means);
    return { kind: "fly_secrets", location: spoken(place), ...(await handToMachines(place, means)) };
  },
});

async function handToMachines(
  place: Place,
  means: Means,
): Promise<Pick<DeliveryReceipt, "next" | "warnings">> {
  const { app, name } = place;
  const failure = await restart(place, means);
  if (failure === undefined)
    return { next: `The machines of ${app} are restarted one after the other, and have it in ${name} then.` };
  if (/no machines/i.test(failure)) return { next: `Machines have it in ${name} once ${app} is deployed.` };
  return {
    next: `The machines of ${app} have it in ${name} after \`flyctl secrets deploy --app ${app}\`.`,
    warnings: [
      `Not all machines of ${app} were restarted, and those have the former value still: ${failure}`,
    ],
  };
}
