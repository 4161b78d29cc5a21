/**
 * Who the configured credential is. An admin is whose token has the scope of one, or who is shown tokens of others: the
 * platform shows them to nobody else. It does not say more of a credential.
 */
import { quote } from "../../problem.ts";
import type { Identity } from "../provider.ts";
import { notThePlatform, refused } from "./answers.ts";
import { claimsOf, userOf } from "./jwt.ts";
import { ownRecord, recordsIn } from "./records.ts";
import type { OpenSession, Session } from "./session.ts";

export function identityOf(open: OpenSession): Identity {
  return {
    async me() {
      const session = open();
      const record = await ownRecord(session);
      // Where it is too old to say, or does not store the token: whether it accepts it, at least.
      if (!record) await checkPlatform(session);
      const user = record ? userOf(record.subject) : await session.username();
      const token_id = record?.token_id ?? claimsOf(session.credential.secret)?.jti;
      const role = (await isAdmin(session, user)) ? "admin" : "developer";
      return { username: quote(user), role, ...(token_id !== undefined && { token_id }) };
    },
  };
}

/** @throws Problem */
async function checkPlatform({ api, credential }: Session): Promise<void> {
  const { response, error } = await api.GET("/artifactory/api/system/version");
  if (response.status === 404) throw notThePlatform(credential);
  if (!response.ok) throw refused(response, error, credential);
}

async function isAdmin(session: Session, user: string): Promise<boolean> {
  const scope = claimsOf(session.credential.secret)?.scp?.split(" ") ?? [];
  if (scope.includes("applied-permissions/admin")) return true;
  return (await recordsIn(session)).some(({ subject }) => userOf(subject) !== user);
}
