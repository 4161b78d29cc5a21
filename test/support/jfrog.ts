/** A world whose issuer is a behaving platform of JFrog's, beside the local registry. */
import { type FakeJfrog, type FakeOptions, startFakeJfrog } from "../fakes/jfrog/fake.ts";
import { type Machine, type MachineOptions, openMachine } from "./machine.ts";

export type JfrogMachine = Machine & { fake: FakeJfrog };

export interface JfrogOptions extends MachineOptions {
  fake?: FakeOptions;
}

/** As bob, a developer, unless `env` says otherwise. */
export async function openJfrogMachine({
  fake: options = {},
  ...rest
}: JfrogOptions = {}): Promise<JfrogMachine> {
  const fake = await startFakeJfrog({ ...(rest.now && { now: rest.now }), ...options });
  const machine = await openMachine({
    ...rest,
    env: { JFROG_URL: fake.url, JFROG_ACCESS_TOKEN: fake.developer.token, ...rest.env },
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
