// Written by `npm run generate` from openapi/jfrog-access.yaml.
export interface paths {
    "/access/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tokens. An admin sees all, anybody else those whose username is theirs.
         * @description There are no pages. Neither revoked tokens nor those that live less than the persistency threshold (3 hours) are in it. None found is an empty list.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Mint a token, or exchange a refresh token for a new pair.
         * @description Somebody who is no admin mints for themselves alone, with the scope of a user, of groups that they are in, or something narrower, and for no longer than the admin's limit; where there is a limit, `expires_in` 0 is refused as well.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/api/v1/tokens/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The token that this request is sent with. (7.53.1) */
        get: operations["getOwnToken"];
        put?: never;
        post?: never;
        /** Revoke the token that this request is sent with. (7.53.1) */
        delete: operations["revokeOwnToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/api/v1/tokens/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token whose value is known but not its id. Admin only. (7.68) */
        delete: operations["revokeTokenByValue"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/api/v1/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: components["schemas"]["TokenId"];
            };
            cookie?: never;
        };
        /** One token. */
        get: operations["getToken"];
        put?: never;
        post?: never;
        /** Revoke a token. An admin any, a user those of their own name, a token itself. */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/api/v2/authentication/jfrog_client_login/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Announce a login in the browser. (Artifactory 7.64.0)
         * @description The person then opens `/ui/login?jfClientSession=SESSION&jfClientName=NAME&jfClientCode=1` and enters the last four characters of the session.
         */
        post: operations["requestLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/api/v2/authentication/jfrog_client_login/token/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: components["schemas"]["Session"];
            };
            cookie?: never;
        };
        /** The token of a login in the browser, once. Asked for every 3 seconds, for 5 minutes at most. */
        get: operations["getLoginToken"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/artifactory/api/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The repositories that the caller may see. Whether a token of JFrog Fly may ask is not documented. */
        get: operations["listRepositories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/artifactory/api/system/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which version of the platform this is. */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/artifactory/api/system/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it is up. It says OK to anybody, and 401 to a credential that it does not know. */
        get: operations["ping"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A UUID wherever it was seen, but nothing promises that. */
        TokenId: string;
        Username: string;
        /** Format: uuid */
        Session: string;
        Description: string;
        /** @description Separated by spaces: `applied-permissions/user`, `applied-permissions/admin`, `applied-permissions/groups:g1,"my group"`, `applied-permissions/roles:PROJECT:ROLE[,ROLE]`, `artifact:TARGET[/SUB]:ACTIONS` (7.38; letters of `rwdamxs` or `*`), `system:(metrics|livelogs|identities|permissions):ACTIONS`. */
        Scope: string;
        /** @description Every field may be left out; the flags are false then. */
        TokenRequest: {
            /**
             * @description Without it client_credentials.
             * @enum {string}
             */
            grant_type?: "client_credentials" | "refresh_token";
            /** @description With grant_type refresh_token; up to 24 hours after the expiry. */
            refresh_token?: string;
            /** @description With grant_type refresh_token, as older clients send it. */
            access_token?: string;
            username?: components["schemas"]["Username"];
            scope?: components["schemas"]["Scope"];
            /** @description Seconds; 0 is never (before 7.42.1: one year). Without it the instance's default counts, which is a year or an hour depending on which page one reads. */
            expires_in?: number;
            refreshable?: boolean;
            description?: components["schemas"]["Description"];
            /** @description Ids of services, separated by spaces; without it `*@*`. */
            audience?: string;
            /** @description A short form of the token beside it. (7.38.10) */
            include_reference_token?: boolean;
            /** @description Makes a token revocable that lives less than the revocable-expiry-threshold, 6 hours. (7.50.3) */
            force_revocable?: boolean;
            /** @description For a project's admin. (7.84.3) */
            project_key?: string;
        };
        MintedToken: {
            token_id: components["schemas"]["TokenId"];
            access_token: string;
            refresh_token?: string;
            /** @description Absent for a token that does not expire. */
            expires_in?: number;
            scope: string;
            /** @description `Bearer` or `access_token`. */
            token_type: string;
            reference_token?: string;
        };
        Token: {
            token_id: components["schemas"]["TokenId"];
            /** @description `jfac@SERVICE/users/NAME`; a name may hold a slash. */
            subject: string;
            /** @description Absent for a token that does not expire. */
            expiry?: number;
            issued_at: number;
            issuer: string;
            description?: string;
            refreshable: boolean;
            /** @description Up to 2 hours off; absent for tokens younger than 6 hours, for those that are no identity tokens, and where it is not turned on. (7.108.3) */
            last_used?: number;
            project?: string;
        };
        LoginToken: {
            access_token: string;
            refresh_token?: string;
            token_id?: components["schemas"]["TokenId"];
            expires_in?: number;
            scope?: string;
            token_type?: string;
        };
        Repository: {
            key: string;
            description?: string;
            /** @description `LOCAL`, `REMOTE`, `VIRTUAL`, `FEDERATED`. */
            type: string;
            url: string;
            /** @description As people write it: `Npm`, `Docker`; compare without regard to case. */
            packageType: string;
        };
        Version: {
            /** @example 7.111.4 */
            version: string;
            revision?: string;
            addons?: string[];
            license?: string;
        };
        /** @description The Access service names a code, Artifactory the status; some of Access's refusals are one error without a list around it (seen in public reports: "Token not revocable"). A client reads all three, and a body that is no JSON at all. */
        Errors: components["schemas"]["AccessErrors"] | components["schemas"]["ArtifactoryErrors"] | components["schemas"]["AccessError"];
        AccessErrors: {
            errors: components["schemas"]["AccessError"][];
        };
        AccessError: {
            /**
             * @example BAD_REQUEST
             * @example UNAUTHORIZED
             * @example FORBIDDEN
             * @example NOT_FOUND
             */
            code: string;
            message: string;
            detail?: string;
        };
        ArtifactoryErrors: {
            errors: {
                status: number;
                message: string;
            }[];
        };
    };
    responses: {
        /** @description The token. */
        Token: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Token"];
            };
        };
        /** @description It is revoked. What the body holds, if anything, is not documented. */
        Revoked: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description There is no such token, or it was revoked before, or it never was stored; these are not told apart. */
        NothingToRevoke: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The request does not have the form that is asked for. Of a revocation: another instance issued the token, or it lives less than the revocable-expiry-threshold ("Token not revocable"). */
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
            };
        };
        /** @description The credential is missing, unknown, revoked or expired. Of an expired one the message says "Invalid token, expired" or "Token failed verification: expired". */
        Unauthorized: {
            headers: {
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
            };
        };
        /** @description The caller may not do this; for a new token also that it would live longer than an admin's limit. Or a gateway's page. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
                "text/html": string;
            };
        };
        /** @description There is none, or none that the caller may see; of a path, that this version is too old for it. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
            };
        };
        /** @description Too many requests. */
        RateLimited: {
            headers: {
                /** @description Seconds, or a date (RFC 9110, section 10.2.3). */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
                "text/html": string;
            };
        };
        /** @description The platform, or something before it, has a fault of its own. */
        Broken: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Errors"];
                "text/html": string;
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listTokens: {
        parameters: {
            query?: {
                /** @description The whole text, or its beginning followed by one `*`. */
                description?: string;
                username?: components["schemas"]["Username"];
                refreshable?: boolean;
                token_id?: components["schemas"]["TokenId"];
                order_by?: "created" | "token_id" | "owner" | "subject" | "expiry";
                descending_order?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the caller may see. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tokens: components["schemas"]["Token"][];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The new token. Its value is in this answer and nowhere else. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintedToken"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    getOwnToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Token"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    revokeOwnToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revoked"];
            204: components["responses"]["NothingToRevoke"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    revokeTokenByValue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The JWT or the reference token. */
                    token: string;
                };
            };
        };
        responses: {
            /** @description It is revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        "revoked-token-id": components["schemas"]["TokenId"];
                    };
                };
            };
            204: components["responses"]["NothingToRevoke"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: components["schemas"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Token"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: components["schemas"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revoked"];
            204: components["responses"]["NothingToRevoke"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    requestLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    session: components["schemas"]["Session"];
                };
            };
        };
        responses: {
            /** @description It is known now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    getLoginToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: components["schemas"]["Session"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person agreed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginToken"];
                };
            };
            /** @description Not yet. That an unknown session, and one whose token was taken, are answered alike is not documented. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Errors"];
                };
            };
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    listRepositories: {
        parameters: {
            query?: {
                packageType?: string;
                type?: "local" | "remote" | "virtual" | "federated" | "distribution";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those of that type. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repository"][];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Artifactory's version, after which the platform's versions are counted here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
    ping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Broken"];
        };
    };
}
