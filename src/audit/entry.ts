/** What the log says, and what it does not: no value of a token, and of the arguments only what is named here. */
import * as z from "zod";

/** Characters of a caller's name; more than any that is let in has. */
export const longestCaller = 256;

const Client = z.object({ name: z.string(), version: z.string() });

/** A call of a tool. `begin`: it is about to run. `end`: what came of it; without a `begin` it never ran. */
export const CallEntry = z.object({
  event: z.enum(["begin", "end"]),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Random; the same in both lines. */
  call: z.string(),
  /** As it named itself. */
  client: Client,
  /** Over HTTP: whose bearer was shown, as the operator or the authorization server names them. */
  caller: z.string().optional(),
  transport: z.string().optional(),
  tool: z.string(),
  /** Of the tokens that it is about. */
  ids: z.array(z.string()),
  /** By id: the first 16 digits (hex) of SHA-256 of the value; of tokens that were made on this machine. */
  fingerprints: z.record(z.string(), z.string()),
  environment: z.string().optional(),
  /** In the words of who asked. */
  reason: z.string().optional(),
  /** How a person agreed. */
  consent: z.enum(["form", "confirmation", "not needed"]).optional(),
  /**
   * At the end: `ok`, the code of the problem, `confirmation_required` for a question to a person, or `lost` when the caller
   * had gone and what it would have been given was ended.
   */
  outcome: z.string().optional(),
  /** By id, where the tool has one for each. */
  outcomes: z.record(z.string(), z.string()).optional(),
});

/** The log did not end as it should have; what follows goes on from what was found. */
export const RecoveredEntry = z.object({
  event: z.literal("recovered"),
  at: z.string(),
  /** A line that was not written to its end, as when the process was killed. It stands before this one. */
  torn: z.object({ bytes: z.number(), sha256: z.string() }).optional(),
  /** What audit.head said of the last line, where that is not the line that was found; `null`: it was not there. */
  expected: z.object({ seq: z.number(), hash: z.string() }).nullable().optional(),
});

export type CallEntry = z.output<typeof CallEntry>;
export type RecoveredEntry = z.output<typeof RecoveredEntry>;
export type Consent = NonNullable<CallEntry["consent"]>;
