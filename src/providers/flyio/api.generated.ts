// Written by `npm run generate` from openapi/flyio.graphql and src/providers/flyio/operations.graphql.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CreateLimitedAccessTokenInput = {
  readonly clientMutationId?: string | null | undefined;
  /** A length of time as Go prints it, such as 720h0m0s. */
  readonly expiry?: string | null | undefined;
  readonly name: string;
  /** Third parties that the organization offers: which to ask for, which to leave out. */
  readonly optInThirdParties?: ReadonlyArray<string> | null | undefined;
  readonly optOutThirdParties?: ReadonlyArray<string> | null | undefined;
  /** A node id. */
  readonly organizationId: string;
  readonly profile: string;
  readonly profileParams?: unknown;
};

export type TokenRecordFragment = { readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } };

export type TokenPageFragment = { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } };

export type OrganizationNameFragment = { readonly id: string, readonly internalNumericId: string | number, readonly slug: string, readonly rawSlug: string };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer:
    | { readonly __typename: 'User', readonly email: string }
    | { readonly __typename: 'Macaroon', readonly address: string | null }
   };

export type OrganizationsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OrganizationsQuery = { readonly organizations: { readonly nodes: ReadonlyArray<{ readonly viewerRole: string, readonly id: string, readonly internalNumericId: string | number, readonly slug: string, readonly rawSlug: string } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type OrganizationNamedQueryVariables = Exact<{
  slug: string;
}>;


export type OrganizationNamedQuery = { readonly organization: { readonly id: string, readonly internalNumericId: string | number, readonly slug: string, readonly rawSlug: string } | null };

export type AppNamedQueryVariables = Exact<{
  name: string;
}>;


export type AppNamedQuery = { readonly app: { readonly id: string, readonly internalNumericId: number, readonly name: string, readonly organization: { readonly id: string, readonly internalNumericId: string | number, readonly slug: string, readonly rawSlug: string } } | null };

export type TokensOfOrganizationQueryVariables = Exact<{
  slug: string;
  after?: string | null | undefined;
}>;


export type TokensOfOrganizationQuery = { readonly organization: { readonly limitedAccessTokens: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } | null };

export type TokensOfAppQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type TokensOfAppQuery = { readonly app: { readonly organization: { readonly slug: string, readonly rawSlug: string }, readonly limitedAccessTokens: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } | null };

export type TokensOfAppsQueryVariables = Exact<{
  organizationId: string;
  after?: string | null | undefined;
}>;


export type TokensOfAppsQuery = { readonly apps: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly limitedAccessTokens: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } | null> | null, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type TokenByIdQueryVariables = Exact<{
  id: string;
}>;


export type TokenByIdQuery = { readonly node:
    | { readonly __typename: 'User' }
    | { readonly __typename: 'Organization' }
    | { readonly __typename: 'App' }
    | { readonly __typename: 'LimitedAccessToken', readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } }
   | null };

export type CreateTokenMutationVariables = Exact<{
  input: CreateLimitedAccessTokenInput;
}>;


export type CreateTokenMutation = { readonly createLimitedAccessToken: { readonly limitedAccessToken: { readonly tokenHeader: string | null, readonly id: string, readonly name: string, readonly createdAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly profile: string, readonly profileParams: unknown, readonly user: { readonly email: string }, readonly organization: { readonly slug: string } } } | null };

export type DeleteTokenMutationVariables = Exact<{
  id: string;
}>;


export type DeleteTokenMutation = { readonly deleteLimitedAccessToken: { readonly clientMutationId: string | null } | null };

/** The text of an operation, with the types of what it takes and gives. */
export type Document<Result, Variables> = string & { readonly result?: Result; readonly variables?: Variables };

export const viewerQuery =
  "query Viewer { viewer { __typename ... on User { email } ... on Macaroon { address: email } } }" as Document<ViewerQuery, ViewerQueryVariables>;

export const organizationsQuery =
  "query Organizations($after: String) { organizations(first: 100, after: $after) { nodes { ...OrganizationName viewerRole } pageInfo { endCursor hasNextPage } } } fragment OrganizationName on Organization { id internalNumericId slug rawSlug }" as Document<OrganizationsQuery, OrganizationsQueryVariables>;

export const organizationNamedQuery =
  "query OrganizationNamed($slug: String!) { organization(slug: $slug) { ...OrganizationName } } fragment OrganizationName on Organization { id internalNumericId slug rawSlug }" as Document<OrganizationNamedQuery, OrganizationNamedQueryVariables>;

export const appNamedQuery =
  "query AppNamed($name: String!) { app(name: $name) { id internalNumericId name organization { ...OrganizationName } } } fragment OrganizationName on Organization { id internalNumericId slug rawSlug }" as Document<AppNamedQuery, AppNamedQueryVariables>;

export const tokensOfOrganizationQuery =
  "query TokensOfOrganization($slug: String!, $after: String) { organization(slug: $slug) { limitedAccessTokens(first: 100, after: $after) { ...TokenPage } } } fragment TokenRecord on LimitedAccessToken { id name createdAt expiresAt revokedAt profile profileParams user { email } organization { slug } } fragment TokenPage on LimitedAccessTokenConnection { nodes { ...TokenRecord } pageInfo { endCursor hasNextPage } }" as Document<TokensOfOrganizationQuery, TokensOfOrganizationQueryVariables>;

export const tokensOfAppQuery =
  "query TokensOfApp($name: String!, $after: String) { app(name: $name) { organization { slug rawSlug } limitedAccessTokens(first: 100, after: $after) { ...TokenPage } } } fragment TokenRecord on LimitedAccessToken { id name createdAt expiresAt revokedAt profile profileParams user { email } organization { slug } } fragment TokenPage on LimitedAccessTokenConnection { nodes { ...TokenRecord } pageInfo { endCursor hasNextPage } }" as Document<TokensOfAppQuery, TokensOfAppQueryVariables>;

export const tokensOfAppsQuery =
  "query TokensOfApps($organizationId: ID!, $after: String) { apps( organizationId: $organizationId type: \"container\" first: 50 after: $after ) { nodes { name limitedAccessTokens(first: 100) { ...TokenPage } } pageInfo { endCursor hasNextPage } } } fragment TokenRecord on LimitedAccessToken { id name createdAt expiresAt revokedAt profile profileParams user { email } organization { slug } } fragment TokenPage on LimitedAccessTokenConnection { nodes { ...TokenRecord } pageInfo { endCursor hasNextPage } }" as Document<TokensOfAppsQuery, TokensOfAppsQueryVariables>;

export const tokenByIdQuery =
  "query TokenById($id: ID!) { node(id: $id) { __typename ... on LimitedAccessToken { ...TokenRecord } } } fragment TokenRecord on LimitedAccessToken { id name createdAt expiresAt revokedAt profile profileParams user { email } organization { slug } }" as Document<TokenByIdQuery, TokenByIdQueryVariables>;

export const createTokenMutation =
  "mutation CreateToken($input: CreateLimitedAccessTokenInput!) { createLimitedAccessToken(input: $input) { limitedAccessToken { ...TokenRecord tokenHeader } } } fragment TokenRecord on LimitedAccessToken { id name createdAt expiresAt revokedAt profile profileParams user { email } organization { slug } }" as Document<CreateTokenMutation, CreateTokenMutationVariables>;

export const deleteTokenMutation =
  "mutation DeleteToken($id: ID!) { deleteLimitedAccessToken(input: {id: $id}) { clientMutationId } }" as Document<DeleteTokenMutation, DeleteTokenMutationVariables>;
