/** A session of a desktop's, as small as it can be: a bus, and gnome-keyring with an unlocked collection. */
import { once } from "node:events";
import { dirname } from "node:path";
import { treeOf } from "../../support/home.ts";
import { type Machine, openMachine } from "../machine.ts";
import { succeed } from "../wares.ts";

export const programs = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"];

export interface SecretService extends AsyncDisposable {
  /** What a program needs to find it. */
  env: { DBUS_SESSION_BUS_ADDRESS: string };
  /** An entry's value, read by a program of theirs. */
  lookup(name: string): Promise<string | undefined>;
  /** Puts an entry there, as a person does by hand. */
  store(name: string, value: string | Buffer): Promise<void>;
  /** The names of all entries of the service fly-tokens. */
  entries(): Promise<string[]>;
  lock(): Promise<void>;
  /** Ends gnome-keyring; the bus stays. */
  kill(): Promise<void>;
  /** Ends the bus, and with it everything. */
  killBus(): Promise<void>;
  /** Every file that it keeps. */
  files(): Promise<string>;
}

export interface SessionOptions {
  /** Whether gnome-keyring is there; `bare`: without a collection. */
  service?: boolean | "bare";
  /** Where the bus listens: a process that has once used one knows no other. */
  socket?: string;
  /** Where a password is asked for, there is a program that asks nobody for two seconds. */
  silent?: boolean;
}

export async function openSecretService(options: SessionOptions = {}): Promise<SecretService> {
  const machine = await openMachine();
  const { service = true, socket = machine.at("run/bus") } = options;
  // In this folder is all that the bus may start: not what was ended, and no prompter that shows anything to anybody.
  const prompter = "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 2\n";
  const services = options.silent ? dirname(await machine.write("services/prompter.service", prompter)) : "";
  const config = await machine.write("bus.conf", configuration(socket, services));
  const bus = machine.start("dbus-daemon", [`--config-file=${config}`, "--nofork", "--print-address"]);
  const [address] = await bus.said(/unix:\S+/);
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const send = (name: string, ...args: string[]) =>
    succeed(machine.run("dbus-send", ["--session", "--print-reply", `--dest=${name}`, ...args], { env }));
  const daemon = service ? await startDaemon(machine, env, service !== "bare") : undefined;
  const started = async () =>
    /boolean true/.test(
      await send(
        "org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.NameHasOwner",
        "string:org.freedesktop.secrets",
      ),
    );
  while (daemon && !(await started())) if (daemon.child.exitCode !== null) throw new Error(daemon.stderr());

  const tool = (command: string, name: string) => [command, "service", "fly-tokens", "username", name];
  return {
    env,
    async lookup(name) {
      const { code, stdout } = await machine.run("secret-tool", tool("lookup", name), { env });
      return code === 0 ? stdout : undefined;
    },
    async store(name, value) {
      const [command = "", ...args] = tool("store", name);
      const child = machine.start("secret-tool", [command, "--label=by hand", ...args], env);
      child.child.stdin?.end(value);
      if ((await child.ended) !== 0) throw new Error(child.stderr());
    },
    async entries() {
      const { stdout, stderr } = await machine.run("secret-tool", "search --all service fly-tokens", { env });
      return [...`${stdout}\n${stderr}`.matchAll(/^attribute\.username = (.*)$/gm)].map(
        ([, name = ""]) => name,
      );
    },
    async lock() {
      const path = "/org/freedesktop/secrets";
      const what = `array:objpath:${path}/collection/login`;
      await send("org.freedesktop.secrets", path, "org.freedesktop.Secret.Service.Lock", what);
    },
    async kill() {
      daemon?.child.kill("SIGKILL");
      await daemon?.ended;
    },
    async killBus() {
      bus.child.kill("SIGKILL");
      await bus.ended;
    },
    files: async () => Object.values(await treeOf(machine.at(".local"))).join("\n"),
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  };
}

async function startDaemon(machine: Machine, env: Record<string, string>, unlocked: boolean) {
  const options = ["--foreground", "--components=secrets", ...(unlocked ? ["--unlock"] : [])];
  const program = machine.start("gnome-keyring-daemon", options, env);
  program.child.stdin?.end("the password of nobody's desktop");
  await once(program.child, "spawn");
  return program;
}

function configuration(socket: string, services: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>${services && `\n  <servicedir>${services}</servicedir>`}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}
