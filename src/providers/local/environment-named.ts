/** An environment that somebody names and that there is not: which there are, and which may be meant. */
import { nearest } from "../../nearest.ts";
import { Problem } from "../../problem.ts";
import { type Api, answer } from "./api.ts";

/** What a call that names an environment answers. @throws Problem as it does; `not_found` with those that there are */
export async function naming<Answer>(name: string, call: Promise<Answer>, api: Api): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Problem && error.code === "not_found")) throw error;
    const { environments } = await answer(api.GET("/environments"));
    const allowed = environments.map((one) => one.name);
    // It is there, so that is not what is missing.
    if (allowed.includes(name)) throw error;
    throw new Problem(
      "not_found",
      error.message,
      "Name one that describe_environment shows, or ask the user whether create_environment is to make it.",
      { allowed, ...nearest(name, allowed), cause: error },
    );
  }
}
