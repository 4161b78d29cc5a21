/** The GraphQL API's errors: HTTP 200, a message for people and a code for programs. */
import { GraphQLError } from "graphql";

function refusal(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** The text is the product's for a caller that it does not know; for one that may not, it has others. */
export function unauthorized(message = "You must be authenticated to view this."): GraphQLError {
  return refusal(message, "UNAUTHORIZED");
}

/** `Could not find App` is the product's; the others are taken to follow it. */
export function notFound(what: string): GraphQLError {
  return refusal(`Could not find ${what}`, "NOT_FOUND");
}

export function unprocessable(message: string): GraphQLError {
  return refusal(message, "UNPROCESSABLE");
}
