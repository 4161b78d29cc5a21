/** Where tokens belong: where this program has put them, as long as nobody else can read them there. */
import type { Context } from "../context.ts";
import type { Verdict } from "./judge.ts";

/** @returns whether a token may be in a file, by what our journal and ledger say */
export async function placesKnown(context: Context): Promise<(verdict: Verdict, path: string) => boolean> {
  const records = await context.disk.journal();
  const done = records.filter(({ state }) => state === "done");
  const places = new Set(
    done.flatMap(({ token_id, provider, files }) =>
      token_id === undefined ? [] : files.map(({ path }) => keyOf(provider, token_id, path)),
    ),
  );
  return ({ token, entry }, path) => {
    if (entry?.delivered.some(({ destination, location }) => destination.path === path || location === path))
      return true;
    if (!token) return false;
    return places.has(keyOf(token.provider, token.id, path)) || places.has(keyOf(undefined, token.id, path));
  };
}

function keyOf(provider: string | undefined, id: string, path: string): string {
  return [provider ?? "", id, path].join("\n");
}
