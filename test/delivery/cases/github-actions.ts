import { type FakeGithub, startFakeGithub } from "../../fakes/github/fake.ts";
import { openMachine } from "../../support/machine.ts";
import type { DeliveryCase, DeliverySubject } from "../laws.ts";

interface Subject extends DeliverySubject {
  fake: FakeGithub;
}

const change = (act: (fake: FakeGithub) => void) => async (subject: DeliverySubject) =>
  act((subject as Subject).fake);
const answers = (status: number) => ({ status, body: { message: "No." } });

/** @param place below which the secret is; `deliver_in` of the call */
const caseOf = (name: string, place: string): DeliveryCase => ({
  name,
  id: "github_actions",
  writeOnly: true,
  async open({ minted }) {
    const fake = await startFakeGithub();
    const machine = await openMachine({
      env: { GITHUB_API_URL: fake.url, FLY_TOKENS_GITHUB_TOKEN: fake.token },
      ...(minted && { minted }),
    });
    return {
      machine,
      fake,
      args: { deliver_in: place },
      value: async () => fake.secrets.get(`${place}/FLY_TOKEN`),
      traces: async () => JSON.stringify(fake.requests),
      async [Symbol.asyncDispose]() {
        await machine[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    } as Subject;
  },
  impossible: {
    "a secret of that name is there": change(({ secrets }) => secrets.set(`${place}/FLY_TOKEN`, "theirs")),
    "the repository is not there": change((fake) => {
      fake.repositories = {};
    }),
    "the token is not valid": change((fake) => {
      fake.token = "another";
    }),
    "the token may not read": change(({ faults }) => Object.assign(faults, { key: answers(403) })),
    "GitHub is down": change(({ faults }) => Object.assign(faults, { key: answers(503) })),
    "GitHub cuts the connection": change(({ faults }) => Object.assign(faults, { key: "cut before" })),
    "GitHub redirects": change(({ faults }) => Object.assign(faults, { key: "moved" })),
    "the key is too short": change(({ faults }) => Object.assign(faults, { key: "short key" })),
    "it is not said whether the secret is there": change(({ faults }) =>
      Object.assign(faults, { get: answers(500) }),
    ),
  },
  faults: {
    "somebody has made the secret": change(({ secrets }) => secrets.set(`${place}/FLY_TOKEN`, "theirs")),
    "the token may not write": change(({ faults }) => Object.assign(faults, { put: answers(403) })),
    "GitHub does not like it": change(({ faults }) => Object.assign(faults, { put: answers(422) })),
    "there is a limit": change(({ faults }) => Object.assign(faults, { put: answers(429) })),
    "GitHub fails": change(({ faults }) => Object.assign(faults, { put: answers(500) })),
    "the connection is cut": change(({ faults }) => Object.assign(faults, { put: "cut before" })),
    "GitHub redirects": change(({ faults }) => Object.assign(faults, { put: "moved" })),
    "the key has become too short": change(({ faults }) => Object.assign(faults, { key: "short key" })),
  },
});

export const cases: DeliveryCase[] = [
  caseOf("github_actions, of a repository", "acme/web"),
  caseOf("github_actions, of an environment", "acme/web/eu west/1 (a&b)?#%"),
];
