/** The audit log as those use it who do something: a line before it is done, and one afterwards. */
import { randomUUID } from "node:crypto";
import { quote } from "../problem.ts";
import { type CallEntry, type Consent, longestCaller } from "./entry.ts";
import { append } from "./log.ts";

/** Who calls, and for what. Anything in it may come from outside: it is quoted. */
export interface Asked {
  client: { name: string; version: string };
  /** Whose bearer was shown, over HTTP. */
  caller?: string | undefined;
  transport?: string | undefined;
  tool: string;
  environment?: string | undefined;
  reason?: string | undefined;
}

export interface AuditOptions {
  /** Our folder, absolute; made by the first line. */
  state: string;
  now: () => Date;
  /** SHA-256 (hex) of a token's value; `undefined`: not known here. */
  fingerprint: (id: string) => Promise<string | undefined>;
}

export interface AuditedCall {
  /**
   * It is about to be done. When this throws, it must not be.
   * @param ids of the tokens
   * @throws Problem `file_unwritable`, `file_unreadable`, `file_locked`
   */
  begin(ids: readonly string[], consent?: Consent): Promise<void>;
  /**
   * What came of it.
   * @param outcome `ok`, the code of a problem, `confirmation_required`, `lost`
   * @param ids by now known; those of the beginning by default
   * @throws as `begin`
   */
  end(
    outcome: string,
    ids?: readonly string[],
    more?: Pick<CallEntry, "outcomes" | "environment">,
  ): Promise<void>;
}

export class Audit {
  readonly #options: AuditOptions;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Nothing is written yet. */
  open(asked: Asked): AuditedCall {
    const { state, now, fingerprint } = this.#options;
    const call = randomUUID();
    let about: readonly string[] = [];
    let agreed: Consent | undefined;
    const write = async (event: CallEntry["event"], more: Partial<CallEntry>) => {
      const known = await Promise.all(about.map(async (id) => [id, await fingerprint(id)] as const));
      await append(state, {
        event,
        at: now().toISOString(),
        call,
        ...quoted(asked),
        ids: about.map((id) => quote(id, 200)),
        fingerprints: Object.fromEntries(
          known.flatMap(([id, value]) => (value === undefined ? [] : [[quote(id, 200), value.slice(0, 16)]])),
        ),
        consent: agreed,
        ...more,
      });
    };
    return {
      async begin(ids, consent) {
        about = [...new Set(ids)];
        agreed = consent;
        await write("begin", {});
      },
      async end(outcome, ids, more) {
        if (ids) about = [...new Set(ids)];
        await write("end", { outcome, ...more });
      },
    };
  }
}

function quoted({ client, caller, transport, tool, environment, reason }: Asked) {
  return {
    client: { name: quote(client.name, 100), version: quote(client.version, 40) },
    ...(caller !== undefined && { caller: quote(caller, longestCaller) }),
    transport,
    tool,
    ...(environment !== undefined && { environment: quote(environment, 100) }),
    ...(reason !== undefined && { reason: quote(reason, 500) }),
  };
}
