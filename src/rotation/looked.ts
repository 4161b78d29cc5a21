/** A place on record of which it cannot be said what it holds is no place to leave behind: the token is about to end. */
import { Problem } from "../problem.ts";

/** @throws Problem with a way out for what will never be readable again */
export async function looked<Seen>(where: string, look: () => Promise<Seen>): Promise<Seen> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      error.code,
      `Whether ${where} has the token cannot be seen: ${error.message}`,
      `${error.fix} For what is gone for good, make another token with generate_token, and end this one with revoke_token.`,
      { cause: error },
    );
  }
}
