/** The tokens that the platform lists, and those that only we remember. */
import * as z from "zod";
import { Problem } from "../../problem.ts";
import type { Token } from "../provider.ts";
import { answer, ifThere, notThePlatform } from "./answers.ts";
import type { Credential } from "./credential.ts";
import { type Journal, type Memory, remembered } from "./journal.ts";
import { model, recordShape, type TokenRecord } from "./model.ts";
import type { Session } from "./session.ts";
import { since } from "./version.ts";

export interface Known {
  session: Session;
  journal: Journal;
  now: () => Date;
}

/** @param description only those whose description is this, or begins so when it ends in `*` @throws Problem */
export async function recordsIn({ api, credential }: Session, description?: string): Promise<TokenRecord[]> {
  const query = description === undefined ? {} : { description };
  try {
    const call = api.GET("/access/api/v1/tokens", { params: { query } });
    return checked(z.array(recordShape), (await answer(call, credential)).tokens ?? [], credential);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "not_found") throw error;
    throw new Problem(
      "unsupported",
      `There is no API for tokens at ${credential.url}: it came with version ${since.tokens} of the platform.`,
      "Correct the platform's URL if that is not the reason.",
      { cause: error },
    );
  }
}

/** `undefined` for one that is not there, or that the caller may not see. @throws Problem */
export async function recordById(session: Session, id: string): Promise<TokenRecord | undefined> {
  const { api, credential } = session;
  // These would be other endpoints.
  if (!/^[\w-]{1,255}$/.test(id) || id === "me" || id === "revoke") return undefined;
  const call = api.GET("/access/api/v1/tokens/{token_id}", { params: { path: { token_id: id } } });
  const record = await ifThere(call, credential);
  return record && checked(recordShape, record, credential);
}

/** The token that the requests are sent with; `undefined` where the platform does not store it or is too old to say. */
export async function ownRecord({
  api,
  credential,
}: Pick<Session, "api" | "credential">): Promise<TokenRecord | undefined> {
  const record = await ifThere(api.GET("/access/api/v1/tokens/me"), credential);
  return record && checked(recordShape, record, credential);
}

/** What is listed and what is remembered beside it; each token once. @throws Problem */
export async function tokensIn(known: Known, description?: string): Promise<Token[]> {
  const [records, memory] = await Promise.all([recordsIn(known.session, description), memoryOf(known)]);
  const now = known.now();
  for (const { token_id } of records) memory.delete(token_id);
  return [
    ...records.map((record) => model(record, now)),
    ...[...memory.values()].flatMap((one) => remembered(one, now) ?? []),
  ];
}

/** @throws Problem `not_found` */
export async function tokenById(known: Known, id: string): Promise<Token> {
  const record = id === "me" ? await ownRecord(known.session) : await recordById(known.session, id);
  if (record) return model(record, known.now());
  const memory = (await memoryOf(known)).get(id);
  const token = memory && remembered(memory, known.now());
  if (token) return token;
  throw notFound();
}

export async function memoryOf({ session, journal }: Known): Promise<Map<string, Memory>> {
  return journal.read(session.credential.url, await session.username());
}

export function notFound(): Problem {
  return new Problem(
    "not_found",
    "There is no such token, or none that this credential may see. The platform forgets revoked tokens, and those that live less than three hours.",
    "Look it up with list_tokens.",
  );
}

/** @throws Problem `provider_down` */
function checked<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  credential: Credential,
): z.output<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notThePlatform(credential);
}
