/** The schema: the part that this project uses, and what only the fake needs of the rest. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema } from "graphql";

const used = join(import.meta.dirname, "../../../openapi/flyio.graphql");

const more = `
  extend interface Principal {
    "UNAUTHORIZED for a macaroon."
    organizations(after: String, first: Int): OrganizationConnection!
  }

  extend type Macaroon {
    organizations(after: String, first: Int): OrganizationConnection!
  }

  extend type Mutations {
    issueCertificate(input: IssueCertificateInput!): IssueCertificatePayload
  }

  input IssueCertificateInput {
    appNames: [String!]
    clientMutationId: String
    organizationId: ID!
    principals: [String!]
    publicKey: String
    validHours: Int
  }

  type IssueCertificatePayload {
    certificate: String!
    clientMutationId: String
  }
`;

export const schema = buildSchema(readFileSync(used, "utf8") + more);
