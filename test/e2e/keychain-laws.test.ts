/** The laws of every delivery for the keychain, which has to be a real one: in this process, with gnome-keyring. */
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openKeychain } from "../../src/keychain.ts";
import { Secret } from "../../src/secret.ts";
import { type DeliveryCase, type DeliverySubject, keepsTheLaws } from "../delivery/laws.ts";
import { type TempHome, tempHome } from "../support/home.ts";
import { openMachine } from "../support/machine.ts";
import { describeWith } from "./clients.ts";
import { openSecretService, programs, type SecretService } from "./servers/secret-service.ts";

let home: TempHome;
const sessions = new WeakMap<DeliverySubject, SecretService>();
const session = (subject: DeliverySubject) => sessions.get(subject) as SecretService;
const name = "deploy.web_1";

beforeAll(async () => {
  home = await tempHome();
  process.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${home.at("bus")}`;
});
afterAll(() => home[Symbol.asyncDispose]());

const start = () => openSecretService({ socket: home.at("bus") });
const env = () => ({ DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? "" });

const keychain: DeliveryCase = {
  name: "keychain",
  id: "keychain",
  async open({ minted }) {
    const service = await start();
    const machine = await openMachine({ env: env(), ...(minted && { minted }) });
    const subject: DeliverySubject = {
      machine,
      args: { deliver_name: name },
      value: () => service.lookup(name),
      traces: async () => `${await commandLines()}\n${await service.files()}`,
      async [Symbol.asyncDispose]() {
        await machine[Symbol.asyncDispose]();
        await service[Symbol.asyncDispose]();
      },
    };
    sessions.set(subject, service);
    return subject;
  },
  impossible: {
    "an entry of that name is there": (subject) => session(subject).store(name, "somebody else's"),
    "an entry that is no text is there": (subject) => session(subject).store(name, Buffer.from([0xff, 0xfe])),
    "it is locked": (subject) => session(subject).lock(),
    "gnome-keyring is gone": (subject) => session(subject).kill(),
    "the session is over": (subject) => session(subject).killBus(),
  },
  faults: {
    "it was locked": (subject) => session(subject).lock(),
    "gnome-keyring is gone": (subject) => session(subject).kill(),
    "the session is over": (subject) => session(subject).killBus(),
    "somebody took that name": (subject) => session(subject).store(name, "somebody else's"),
  },
};

/** What every process was started with. */
async function commandLines(): Promise<string> {
  const ids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).join("\n");
}

describeWith(programs, "the delivery to the keychain", () => {
  keepsTheLaws(keychain);

  test("leaves nothing of a trial", async () => {
    await using subject = await keychain.open({});
    const { machine } = subject;
    await machine.context.outlet("keychain", { name });
    expect(await session(subject).entries()).toEqual([]);
  });

  test("a prompt that nobody answers is waited for no longer than told", async () => {
    await using service = await openSecretService({ socket: home.at("bus"), silent: true });
    await service.lock();
    const kept = openKeychain({ env: env(), platform: process.platform }, 100);
    await expect(kept.set(name, new Secret("never to be seen"))).rejects.toMatchObject({
      code: "command_failed",
      message: expect.stringContaining("did not answer in time"),
      fix: expect.stringContaining("deliver_to file"),
    });
    await service.killBus();
  });
});
