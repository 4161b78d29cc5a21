/**
 * The one error class. Everything that a person or an agent can run into is a `Problem`: a code from a closed
 * union, one sentence that says what is wrong, and a fix that names the next tool, command or setting.
 */
export const problemCodes = {
  invalid_input: "An argument does not have the form that is asked for.",
  not_configured: "A setting that this call needs is missing or contradicts another.",
  unauthorized: "The credential is missing, unknown, expired or revoked.",
  forbidden: "The credential is valid but may not do this, or the operator's policy forbids it.",
  not_found: "No such token, environment, file or entry, or none that the caller may see.",
  conflict: "It collides with something that already exists.",
  unsupported: "This provider, package manager or platform has no such ability.",
  rate_limited: "Too many requests; wait and try again.",
  provider_down: "The issuer could not be reached or did not answer properly.",
  state_unavailable: "The database that replicas share does not answer.",
  file_unreadable: "A configuration file exists but could not be read.",
  file_unparsable: "A configuration file does not parse; it was left alone.",
  file_unwritable: "A file could not be written.",
  file_changed: "A file was changed by someone else between reading and writing.",
  file_locked: "Another process is editing the same file.",
  unsafe_location: "A secret would end up where others can read it.",
  needs_confirmation: "A person has to agree first.",
  declined: "The person said no, or the confirmation is not valid; nothing was changed.",
  command_failed: "A program that was started reported a failure.",
  verification_failed: "What was set up was refused by the registry when it was tried.",
  internal: "A fault of this program.",
} as const;

export type ProblemCode = keyof typeof problemCodes;

export interface ProblemDetails {
  /** The argument that has to be changed, left out or added; of a part, with dots: `filter.status`. */
  argument?: string;
  /** Values that would have been accepted. */
  allowed?: readonly string[];
  /** The accepted value nearest to what was given. */
  did_you_mean?: string;
  /** Seconds to wait before trying again. */
  retry_after?: number;
  cause?: unknown;
}

interface Told {
  code?: ProblemCode;
  sentence?: string;
  fix?: string;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly fix: string;
  readonly argument?: string;
  readonly allowed?: readonly string[];
  readonly did_you_mean?: string;
  readonly retry_after?: number;

  /**
   * @param code what went wrong, for programs
   * @param sentence what went wrong, for people; one sentence, without a secret
   * @param fix what to do next; names a tool, a command or a setting
   */
  constructor(code: ProblemCode, sentence: string, fix: string, details: ProblemDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.fix = fix;
    if (details.argument !== undefined) this.argument = details.argument;
    if (details.allowed) this.allowed = details.allowed;
    if (details.did_you_mean) this.did_you_mean = details.did_you_mean;
    if (details.retry_after !== undefined) this.retry_after = details.retry_after;
  }

  /** The same in other words, or of another code; its details stay, and it is the cause. */
  told({ code = this.code, sentence = this.message, fix = this.fix }: Told): Problem {
    return new Problem(code, sentence, fix, { ...this, cause: this });
  }
}

// Control, zero-width and bidirectional characters: invisible to a person, instructions to a model or a terminal.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu;

/**
 * Quotes text that came from outside (an upstream's error, a token's name) as data: invisible characters become
 * a space, the length is capped (in UTF-16 units).
 */
export function quote(text: string, limit = 300): string {
  const plain = text.replace(invisible, " ").replace(/\s+/g, " ").trim();
  // Not in the middle of a character.
  return plain.length > limit ? `${plain.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "")}…` : plain;
}
