/** A world whose issuer is a behaving Fly.io beside the local registry. */
import { type FakeFlyio, type FakeOptions, startFakeFlyio } from "../fakes/flyio/fake.ts";
import { type Machine, type MachineOptions, openMachine } from "./machine.ts";

export type FlyioMachine = Machine & { fake: FakeFlyio };

export interface FlyioOptions extends MachineOptions {
  fake?: FakeOptions;
  /** What is in FLY_API_TOKEN; default alice's own. */
  token?: (fake: FakeFlyio) => string | undefined;
}

export async function openFlyio({
  fake: options = {},
  token,
  ...rest
}: FlyioOptions = {}): Promise<FlyioMachine> {
  const fake = await startFakeFlyio({ ...(rest.now && { now: rest.now }), ...options });
  const credential = token ? token(fake) : fake.users[0]?.token;
  const machine = await openMachine({
    ...rest,
    env: {
      ...(credential && { FLY_API_TOKEN: credential }),
      FLY_API_BASE_URL: fake.url,
      FLY_FLAPS_BASE_URL: fake.url,
      FLY_REGISTRY_HOST: fake.registryHost,
      ...rest.env,
    },
  });
  return {
    ...machine,
    fake,
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}
