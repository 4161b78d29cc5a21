/**
 * The operating system's own store of secrets (Keychain, Credential Manager, Secret Service), by @napi-rs/keyring, which
 * is optional and loaded when it is first used. docs/decisions/0010 says what was measured.
 */
import type { AsyncEntry } from "@napi-rs/keyring";
import type { Keychain } from "./delivery/delivery.ts";
import { Problem, type ProblemCode, quote } from "./problem.ts";
import type { Seams } from "./seams.ts";
import { Secret } from "./secret.ts";

const service = "fly-tokens";
const instead = "keep the token in a file instead (deliver_to file, and later file:PATH)";

/**
 * Nothing is loaded or asked before the first call.
 * @param patience how long an answer may take, in milliseconds: a prompt may be waiting for a person
 */
export function openKeychain(
  { env, platform }: Pick<Seams, "env" | "platform">,
  patience = 30_000,
): Keychain {
  async function use<T>(
    name: string,
    act: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (!["darwin", "win32"].includes(platform) && !env.DBUS_SESSION_BUS_ADDRESS && !env.XDG_RUNTIME_DIR)
      throw new Problem(
        "unsupported",
        "There is no keychain here: the server was started without a session bus, where the Secret Service answers.",
        `Set DBUS_SESSION_BUS_ADDRESS for the server to what a terminal of your desktop has, or ${instead}.`,
      );
    const { AsyncEntry } = await load();
    try {
      // Its other store is the kernel's, which forgets everything at a reboot.
      const entry = new AsyncEntry(service, name, { linux: { store: "secret-service" } });
      const signal = AbortSignal.timeout(patience);
      return await unlessLate(act(entry, signal), signal);
    } catch (error) {
      throw error instanceof Problem ? error : refusal(error);
    }
  }
  return {
    async get(name) {
      const value = await use(name, (entry, signal) => entry.getPassword(signal));
      return value === null ? undefined : new Secret(value);
    },
    set: (name, secret) => use(name, (entry, signal) => entry.setPassword(secret.reveal(), signal)),
    async delete(name) {
      await use(name, (entry, signal) => entry.deletePassword(signal));
    },
    command(name) {
      if (platform === "darwin") return `security find-generic-password -s ${service} -a ${name} -w`;
      return platform === "win32" ? undefined : `secret-tool lookup service ${service} username ${name}`;
    },
  };
}

async function load() {
  try {
    return await import("@napi-rs/keyring");
  } catch (cause) {
    throw new Problem(
      "unsupported",
      "The package that reaches the keychain, @napi-rs/keyring, is not installed, or not for this system.",
      `Run \`npm install @napi-rs/keyring@2\` where fly-tokens-mcp is installed, or ${instead}.`,
      { cause },
    );
  }
}

/** The signal reaches only a call that has not begun: what waits at a prompt goes on, and is waited for no longer. */
function unlessLate<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Problem(
      "command_failed",
      "The keychain did not answer in time. If it shows a prompt, what was asked of it may still be done.",
      `Answer its prompt or unlock it, then call again; or ${instead}.`,
    );
    signal.addEventListener("abort", () => reject(late));
    work.then(resolve, reject);
  });
}

/** By the package's words, since its errors have one code; none of them repeats a value. */
const refusals: readonly [RegExp, ProblemCode, string, string][] = [
  [
    /dbus error/i,
    "unsupported",
    "No Secret Service answers on the session bus",
    "Start gnome-keyring, KWallet or KeePassXC in this session",
  ],
  [
    /prompt was dismissed|locked/i,
    "command_failed",
    "The keychain is locked, and was not unlocked",
    "Unlock it, then call again",
  ],
  [
    /no result found/i,
    "command_failed",
    "The Secret Service has no collection to keep an entry in",
    "Create one in its own program, such as Seahorse, and make it the default",
  ],
  [/(?:)/, "command_failed", "The keychain refused", "See in its own program what is the matter with it"],
];

function refusal(cause: unknown): Problem {
  const said = quote(cause instanceof Error ? cause.message : String(cause));
  const [, code, sentence, fix] = refusals.find(([pattern]) => pattern.test(said)) ?? [];
  return new Problem(code ?? "command_failed", `${sentence}: "${said}".`, `${fix}, or ${instead}.`, {
    cause,
  });
}
