/** Whose tokens they are, and whether they still open something. Nobody is told of one but who issues its kind. */
import type { Context } from "../context.ts";
import { fingerprintsOf } from "../fingerprints.ts";
import type { LedgerEntry } from "../ledger.ts";
import { Problem } from "../problem.ts";
import type { Provider, Token } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";
import type { Format } from "./formats.ts";

export interface Verdict {
  token?: (Pick<Token, "id" | "name" | "provider"> & { status?: Token["status"] | undefined }) | undefined;
  active: "yes" | "no" | "unknown";
  /** Why it is unknown, as a sentence. */
  reason?: string | undefined;
  /** What is known of it here. */
  entry?: LedgerEntry | undefined;
}

interface Suspect {
  secret: Secret;
  format: Format;
}

const atOnce = 5;

/** @param most values about which issuers are asked @returns in the order of the suspects */
export async function judge(
  suspects: readonly Suspect[],
  most: number,
  context: Context,
): Promise<Verdict[]> {
  const entries = await context.ledger.all();
  const owners = new Map(entries.flatMap((entry) => entry.fingerprints.map((one) => [one, entry] as const)));
  const asking = new Asking(context);
  const verdicts: Verdict[] = [];
  let asked = 0;
  const one = async ({ secret, format }: Suspect): Promise<Verdict> => {
    const entry = fingerprintsOf(secret)
      .map((print) => owners.get(print))
      .find(Boolean);
    const isAsked = entry !== undefined || format.known;
    if (isAsked && ++asked > most)
      return { ...named(entry), ...unknown(`Only ${most} values are asked about in one call.`) };
    if (entry) return asking.byId(entry);
    return asking.byValue(secret, format);
  };
  for (let at = 0; at < suspects.length; at += atOnce)
    verdicts.push(...(await Promise.all(suspects.slice(at, at + atOnce).map(one))));
  return verdicts;
}

/** Asks issuers; one that did not answer is not asked again. */
class Asking {
  readonly #context: Context;
  readonly #silent = new Map<string, string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The value itself stays here. */
  async byId(entry: LedgerEntry): Promise<Verdict> {
    const known = named(entry);
    return this.#ask(entry.provider, known, async (provider) => {
      const token = await provider.tokens?.get(entry.token_id);
      return token
        ? judged(token, entry)
        : { ...known, ...unknown(`${provider.title} keeps no list of tokens.`) };
    });
  }

  async byValue(secret: Secret, { issuer, known, kind }: Format): Promise<Verdict> {
    if ("name" in issuer) return unknown(`Nobody was asked: it is a token of ${issuer.name}.`);
    if (!known) return unknown(`Nobody can be asked about a ${kind}.`);
    return this.#ask(issuer.provider, {}, async (provider) => {
      const token = await provider.registries?.introspect?.(secret, "anywhere");
      if (token) return judged(token);
      return unknown(`${provider.title} does not know it: it may be of another one, or deleted.`);
    });
  }

  async #ask(
    id: string,
    known: Pick<Verdict, "token" | "entry">,
    ask: (provider: Provider) => Promise<Verdict>,
  ): Promise<Verdict> {
    const provider = this.#context.providers.find((one) => one.id === id);
    if (!provider?.configured)
      return {
        ...known,
        ...unknown(`${provider?.title ?? id} is not configured. ${provider?.needs ?? ""}`.trim()),
      };
    const silent = this.#silent.get(id);
    if (silent !== undefined) return { ...known, ...unknown(silent) };
    try {
      return await ask(provider);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code !== "not_found") this.#silent.set(id, error.message);
      return { ...known, ...unknown(error.message) };
    }
  }
}

function judged(token: Token, entry?: LedgerEntry): Verdict {
  const { id, name, provider, status } = token;
  return { token: { id, name, provider, status }, active: status === "active" ? "yes" : "no", entry };
}

function named(entry: LedgerEntry | undefined): Pick<Verdict, "token" | "entry"> {
  return entry ? { token: { id: entry.token_id, name: entry.name, provider: entry.provider }, entry } : {};
}

function unknown(reason: string): Verdict {
  return { active: "unknown", reason };
}
