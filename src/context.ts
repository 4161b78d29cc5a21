/** What a tool is handed: everything that reaches the world, made once from the configuration. */
import { Audit } from "./audit/audit.ts";
import type { Config } from "./config.ts";
import type { Confirmations } from "./confirmations/confirmations.ts";
import { openConfirmations } from "./confirmations/index.ts";
import type { Delivery, Destination, Keychain, Means } from "./delivery/delivery.ts";
import { deliveries } from "./delivery/index.generated.ts";
import { type Outlet, openOutlet } from "./delivery/outlet.ts";
import type { Disk, Undo } from "./disk/disk.ts";
import { openDisk } from "./disk/index.ts";
import { IssuedTokens } from "./issued.ts";
import { openKeychain } from "./keychain.ts";
import { Ledger } from "./ledger.ts";
import { endUnseen } from "./minting.ts";
import { OpenEnds } from "./open-ends.ts";
import { packageManagers } from "./package-managers/index.generated.ts";
import type { PackageManager } from "./package-managers/package-manager.ts";
import { undo } from "./package-managers/undo.ts";
import { absolute } from "./path.ts";
import { openPolicy } from "./policy/index.ts";
import type { Policy } from "./policy/policy.ts";
import { type Ability, type Choice, chosen, defaultProvider, useProvider } from "./providers/choose.ts";
import { providers } from "./providers/index.ts";
import type { Provider } from "./providers/provider.ts";
import { onlyHere, onYourOwn, withoutMachine } from "./remote.ts";
import { Rotations } from "./rotation/record.ts";
import { installed } from "./run.ts";
import { Seal } from "./seal.ts";
import type { Seams } from "./seams.ts";
import { MemoryOnce, type Once } from "./state/once.ts";
import { databaseState, folderState } from "./state/open.ts";
import { version } from "./version.ts";

export interface Context extends Seams {
  version: string;
  config: Config;
  providers: readonly Provider[];
  packageManagers: readonly PackageManager[];
  deliveries: readonly Delivery[];
  disk: Disk;
  /** Takes an edit back entry by entry, by the rules of the formats. */
  undo: Undo;
  issued: IssuedTokens;
  ledger: Ledger;
  /** Who asked for what. What changes something is told to it first. */
  audit: Audit;
  rotations: Rotations;
  policy: Policy;
  /** The operating system's own store of secrets; loaded when it is first used. */
  keychain: Keychain;
  confirmations: Confirmations;
  /**
   * By what that is known again which a caller is given to bring back, and what is good once: those of all replicas
   * over HTTP where the operator gave them a key, else those of this process.
   * @param caller `undefined` over stdio
   */
  returns(caller: string | undefined): { seal: Seal; once: Once };
  /** What goes on after the call that began it; `close` ends it. */
  openEnds: OpenEnds;
  /** Whether callers are on other machines: the files, variables and programs of this one are not theirs. */
  remote: boolean;
  /**
   * A provider with one of its abilities: the one that is named, by itself or by the call's arguments, else the default.
   * @throws Problem `not_found` for an unknown name, `not_configured`, `unsupported` naming who has the ability,
   *   `invalid_input` for arguments that contradict each other
   */
  use<Group extends Ability>(
    ability: Group,
    provider?: string | Choice,
  ): { provider: Provider } & Required<Pick<Provider, Group>>;
  /**
   * Where a secret is to go, after it was found that it can.
   * @param issuer whose images it opens
   * @throws Problem as `openOutlet`
   */
  outlet(to: string, destination: Destination, issuer?: Provider): Promise<Outlet>;
  /** What deliveries work with. */
  means(issuer?: Provider): Means;
  /** The provider of calls that name none; `undefined` when several are configured. */
  default_provider: string | undefined;
  /** Whether a program is on PATH. */
  installed(command: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Makes the context. Nothing else is read, written or asked before a tool needs it.
 * @param policy as it was read when the process started
 * @param serves whether callers are on other machines; and whether it is one of the replicas of `fly-tokens http`, or works
 *   for them: where they have a key and a database, the state is there, else in our folder
 * @throws Problem `not_configured` as `openPolicy`
 */
export function createContext(
  config: Config,
  seams: Seams,
  policy: Policy = openPolicy(config),
  { remote = false, replica = false }: { remote?: boolean; replica?: boolean } = {},
): Context {
  const { database_url, http_key } = config;
  const { now } = seams;
  const seal = http_key && new Seal(http_key);
  const state =
    replica && database_url && seal
      ? databaseState(database_url, seal, now)
      : folderState(config.folders.state, now);
  const list = providers(config, seams, state);
  const itsDisk = openDisk({ state: config.folders.state, run: seams.run, now: seams.now });
  const machine = {
    ...seams,
    disk: itsDisk,
    keychain: openKeychain(seams),
    installed: (command: string) => installed(command, seams.env, seams.platform),
    ...(remote && withoutMachine(itsDisk)),
  };
  const ledger = new Ledger(state, now);
  const openEnds = new OpenEnds();
  const own = { seal: new Seal(), once: new MemoryOnce(now) };
  const shared = seal && { seal, once: state.once("once"), approved: state.once("approved") };
  const context: Context = {
    ...machine,
    version,
    config,
    providers: list,
    packageManagers,
    // Every other one would use what is on this machine: its files, its programs and their logins.
    deliveries: remote ? deliveries.filter(({ reveals }) => reveals) : deliveries,
    undo,
    issued: new IssuedTokens(seams.now),
    ledger,
    audit: new Audit({
      state: config.folders.state,
      now: seams.now,
      async fingerprint(id) {
        // A record that cannot be read keeps nobody from noting the rest.
        const found = await Promise.all(list.map((one) => ledger.of(one.id, id).catch(() => undefined)));
        return found.find((one) => one !== undefined)?.fingerprints[0];
      },
    }),
    rotations: new Rotations(state),
    policy,
    confirmations: openConfirmations({ state: config.folders.state, now, shared }),
    returns: (caller) => (caller === undefined ? own : (shared ?? own)),
    openEnds,
    remote,
    use: (ability, choice) => {
      const id = typeof choice === "object" ? chosen(choice) : choice;
      // Whose token it is to narrow, the token itself says; no issuer is asked to do it.
      return useProvider(list, ability, id ?? (ability === "restrict" ? undefined : config.provider));
    },
    outlet: (to, destination, issuer) => {
      if (remote && !context.deliveries.some(({ id }) => id === to))
        throw onlyHere(`deliver_to "${to}" is about`, `Call again without deliver_to. Or: ${onYourOwn}`);
      policy.permitDelivery(to);
      const { path } = destination;
      const where = { ...destination, path: path && absolute(path, machine) };
      const { inline_secrets } = policy;
      const rule = policy.ruleOf("inline_secrets");
      return openOutlet(context.deliveries, to, where, inline_secrets, context.means(issuer), rule);
    },
    means: (issuer) => ({
      disk: machine.disk,
      issuer,
      keychain: machine.keychain,
      env: machine.env,
      fetch: seams.fetch,
      installed: context.installed,
      github: { url: config.github_api_url, token: config.github_token },
      run: (command, args, options) => context.run(command, args, { env: machine.env, ...options }),
      async abandon({ id, provider }) {
        context.issued.forget(id);
        await endUnseen(context.use("tokens", provider).tokens, id, context);
      },
      keepOpen: (name, end) => openEnds.add(name, end),
    }),
    default_provider: config.provider ?? defaultProvider(list)?.id,
    close: async () => {
      // Their tokens are revoked at providers that may run in here.
      await openEnds.close().finally(async () => {
        for (const provider of list) await provider.close?.();
        await state.close();
      });
    },
  };
  return context;
}
