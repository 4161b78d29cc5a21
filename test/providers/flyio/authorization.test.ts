import { describe, expect, test } from "vitest";
import { authorizationOf, bagOf, isOfFlyio, isSendable } from "../../../src/providers/flyio/authorization.ts";
import { redact, Secret } from "../../../src/secret.ts";

const headers = (text: string) => {
  const bag = bagOf(new Secret(text));
  return [authorizationOf(bag, "graphql"), authorizationOf(bag, "machines")];
};

describe("the Authorization header", () => {
  test.each([
    ["fm2_a", "FlyV1 fm2_a", "FlyV1 fm2_a"],
    ["FlyV1 fm2_a", "FlyV1 fm2_a", "FlyV1 fm2_a"],
    ["Bearer FlyV1 fm2_a", "FlyV1 fm2_a", "FlyV1 fm2_a"],
    ["flyv1 FLYV1   fm2_a", "FlyV1 fm2_a", "FlyV1 fm2_a"],
    ["FlyV1 fm2_a,FlyV1 fm2_b", "FlyV1 fm2_a,fm2_b", "FlyV1 fm2_a,fm2_b"],
    ["fm2_a, fm1r_b ,fm1a_c", "FlyV1 fm2_a,fm1r_b,fm1a_c", "FlyV1 fm2_a,fm1r_b,fm1a_c"],
    ["fo1_u", "Bearer fo1_u", "Bearer fo1_u"],
    ["FlyV1 fo1_u", "Bearer fo1_u", "Bearer fo1_u"],
    ["fo1_u,fm2_a", "FlyV1 fm2_a,fo1_u", "FlyV1 fm2_a"],
    ["Bearer legacy", "Bearer legacy", "Bearer legacy"],
    ["fm2_aa\n  bb\r\ncc", "FlyV1 fm2_aabbcc", "FlyV1 fm2_aabbcc"],
    [" FlyV1\nfm2_a,\nfm2_b\n", "FlyV1 fm2_a,fm2_b", "FlyV1 fm2_a,fm2_b"],
    [",fm2_a,,", "FlyV1 fm2_a", "FlyV1 fm2_a"],
    ["FM2_a", "Bearer FM2_a", "Bearer FM2_a"],
  ])("of %j is %j for GraphQL, %j elsewhere", (text, graphql, machines) => {
    expect(headers(text)).toEqual([graphql, machines]);
  });
});

test.each(["", "FlyV1", "Bearer ", ",", "two words", "lin\u0000e", "№"])("%j cannot be sent", (text) => {
  expect(isSendable(new Secret(text))).toBe(false);
});

test.each([
  ["fm2_a", true],
  ["FlyV1 fm2_a,fm1a_b,fo1_c", true],
  ["fo1_u", true],
  ["eyJhbGciOi.J9", false],
  ["fm2_a,eyJ", false],
  ["cmVmdGtuOjAx", false],
  ["Bearer", false],
  ["", false],
])("%j can be nobody's but Fly.io's: %j", (text, expected) => {
  expect(isOfFlyio(new Secret(text))).toBe(expected);
});

test("each token of a bag is known as a secret, and words of something else are not", () => {
  bagOf(new Secret("FlyV1 fm2_secretsecretsecret1,fo1_secretsecretsecret2"));
  expect(redact("a fm2_secretsecretsecret1 b fo1_secretsecretsecret2 c")).toBe("a [redacted] b [redacted] c");
  bagOf(new Secret("password,production"));
  expect(redact("in production")).toBe("in production");
});
