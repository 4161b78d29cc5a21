/** Which tokens of an issuer a machine has to look after: those that were made or set up here, and end soon. */
import type { Context } from "../context.ts";
import type { Provider, Token } from "../providers/provider.ts";

/** What others use is theirs to rotate. @param within milliseconds from now @throws Problem */
export async function expiring(provider: Provider, within: number, context: Context): Promise<Token[]> {
  const known = await knownHere(provider.id, context);
  if (known.size === 0 || !provider.tokens) return [];
  const expires_before = new Date(context.now().getTime() + within);
  const found: Token[] = [];
  let cursor: string | undefined;
  do {
    const page = await provider.tokens.list({ expires_before, sort: "expires_at", limit: 200, cursor });
    found.push(...page.items.filter((token) => known.has(token.id) && isHalfOver(token, context.now())));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return found;
}

/** One that lives shorter than the time asked for would else be rotated at every run. */
function isHalfOver({ created_at, expires_at }: Token, now: Date): boolean {
  const end = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at);
  return (end - now.getTime()) * 2 <= end - Date.parse(created_at);
}

async function knownHere(provider: string, context: Context): Promise<Set<string>> {
  const [entries, edits] = await Promise.all([context.ledger.all(), context.disk.journal()]);
  return new Set([
    ...entries
      .filter((entry) => entry.provider === provider && entry.delivered.length > 0)
      .map(({ token_id }) => token_id),
    ...edits
      .filter((edit) => edit.provider === provider && edit.state !== "restored")
      .flatMap(({ token_id }) => (token_id === undefined ? [] : [token_id])),
  ]);
}
