/** One credential at one platform: the API with it, and what is asked once because it does not change. */
import createClient from "openapi-fetch";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import { send } from "../http.ts";
import { answer } from "./answers.ts";
import type { components, paths } from "./api.generated.ts";
import type { Credential, Credentials } from "./credential.ts";
import { claimsOf, servicesIn, userOf } from "./jwt.ts";
import { ownRecord } from "./records.ts";
import { since } from "./version.ts";

export type Api = ReturnType<typeof createClient<paths>>;
export type Repository = components["schemas"]["Repository"];

export interface Session {
  credential: Credential;
  api: Api;
  /** The name of the user whose credential it is. @throws Problem */
  username(): Promise<string>;
  /** The platform's services, as far as the credential names them. @throws Problem */
  services(): Promise<readonly string[]>;
  /** `undefined` when the platform does not say. */
  version(): Promise<string | undefined>;
  /** `undefined` when the credential may not see them. */
  repositories(): Promise<readonly Repository[] | undefined>;
  /** Whether there is something at a path of Artifactory's, as far as the credential may see it. */
  isThere(path: string): Promise<boolean>;
}

/** The session of the credential that is there now. @throws Problem as `Credentials.get` */
export type OpenSession = () => Session;

export function sessions(credentials: Credentials, fetch: Seams["fetch"]): OpenSession {
  let last: Session | undefined;
  return () => {
    const credential = credentials.get();
    const known = last?.credential;
    const isSame = known?.url === credential.url && known.secret.reveal() === credential.secret.reveal();
    last = last && isSame ? last : sessionOf(credential, fetch);
    return last;
  };
}

/** @param secret the only thing that is sent to authenticate */
export function openApi(url: string, secret: Secret, fetch: Seams["fetch"]): Api {
  return createClient<paths>({
    baseUrl: url,
    fetch: (request) => {
      request.headers.set("authorization", `Bearer ${secret.reveal()}`);
      request.headers.set("accept", "application/json");
      return send(request, fetch);
    },
  });
}

function sessionOf(credential: Credential, fetch: Seams["fetch"]): Session {
  const api = openApi(credential.url, credential.secret, fetch);
  const looked = new Map<string, Promise<boolean>>();
  return {
    credential,
    api,
    username: once(async () => {
      const claims = claimsOf(credential.secret);
      if (claims) return userOf(claims.sub);
      const record = await ownRecord({ api, credential });
      if (record) return userOf(record.subject);
      throw new Problem(
        "unsupported",
        `The platform does not say whose the credential in ${credential.source} is: it is a reference token, and the platform is older than ${since.ownToken}.`,
        "Use a JWT, which says so itself.",
      );
    }),
    services: once(async () => {
      const claims = claimsOf(credential.secret);
      if (claims) return servicesIn(claims);
      const record = await ownRecord({ api, credential });
      return record ? servicesIn({ iss: record.issuer, sub: record.subject }) : [];
    }),
    version: once(async () => {
      const call = answer(api.GET("/artifactory/api/system/version"), credential);
      return (await unlessRefused(call))?.version;
    }),
    repositories: once(async () => {
      const found = await unlessRefused(answer(api.GET("/artifactory/api/repositories"), credential));
      return Array.isArray(found) ? found : undefined;
    }),
    isThere(path) {
      const known = looked.get(path) ?? look(credential, path, fetch);
      looked.set(path, known);
      return known;
    },
  };
}

async function look({ url, secret }: Credential, path: string, fetch: Seams["fetch"]): Promise<boolean> {
  const headers = { authorization: `Bearer ${secret.reveal()}` };
  const request = new Request(`${url}/artifactory${path}`, { method: "HEAD", headers });
  return send(request, fetch).then(
    ({ status }) => status !== 404,
    () => true,
  );
}

/** Asks once; again only when there was no answer. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | undefined;
  return () => {
    known ??= ask().catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

/** `undefined` where the platform has no such thing, or not for this credential. */
async function unlessRefused<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Problem && ["forbidden", "not_found", "invalid_input"].includes(error.code))
      return undefined;
    throw error;
  }
}
