/** What is refused on reading and writing, where Go's library, or a careless one, would guess. */
import { describe, expect, test } from "vitest";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { caveatOf, toJson } from "../../src/macaroon/caveat.ts";
import { MacaroonFault, type Reason } from "../../src/macaroon/fault.ts";
import { parseHeader } from "../../src/macaroon/header.ts";
import { reportOn } from "../../src/macaroon/report.ts";

const tail = `c420${"ab".repeat(32)}`;
/** A macaroon with the given parts, in hexadecimal; the location is "x". */
const whole = ({ nonce = "93c401aac401bbc2", location = "a178", list = "90", end = tail } = {}) =>
  `94${nonce}${location}${list}${end}`;
const withCaveat = (hex: string) => whole({ list: `92${hex}` });
const tokenOf = (hex: string) => `fm2_${Buffer.from(hex, "hex").toString("base64")}`;

function reasonOf(act: () => unknown): Reason | undefined {
  try {
    act();
    return undefined;
  } catch (fault) {
    if (fault instanceof MacaroonFault) return fault.reason;
    throw fault;
  }
}

function kindOf(text: string): string {
  const [token] = parseHeader(text);
  return token?.kind === "bad" ? token.fault.reason : String(token?.kind);
}

describe("reading", () => {
  test.each([
    ["the least that is one", whole()],
    ["nil for the location, the list, kid and rnd", whole({ nonce: "92c0c0", location: "c0", list: "c0" })],
    ["heads longer than need be", `dd00000004${whole({ list: "dc0000" }).slice(2)}`],
    ["an unknown type whose body is no UTF-8", withCaveat("cd0400a1ff")],
    ["an unknown type whose body is a map with the same key twice", withCaveat("cd04008201010102")],
    ["U+FFFD that was written so", withCaveat("13a3efbfbd")],
    ["a byte order mark, which is part of the text", withCaveat("13a4efbbbf78")],
  ])("takes %s", (_, hex) => {
    expect(kindOf(tokenOf(hex))).toBe("discharge");
    expect(reportOn(tokenOf(hex)).canonical).toBe(`FlyV1 ${tokenOf(hex)}`);
  });

  test.each<[string, string, Reason]>([
    ["nothing but a nil", "c0", "bad_structure"],
    ["a map instead of the list of parts", `84${whole().slice(2)}`, "bad_msgpack"],
    ["a struct in map form", withCaveat("0082a2696401a46d61736b01"), "bad_structure"],
    ["three parts", "9393c401aac401bbc2a17890", "bad_structure"],
    ["a nonce of one field", whole({ nonce: "91c401aa" }), "bad_structure"],
    ["a nonce of four", whole({ nonce: "94c401aac401bbc2c2" }), "bad_structure"],
    ["a nonce whose proof is a number", whole({ nonce: "93c401aac401bb00" }), "bad_structure"],
    ["a nonce whose proof is nil", whole({ nonce: "93c401aac401bbc0" }), "bad_structure"],
    ["a kid that is text", whole({ nonce: "93a1aac401bbc2" }), "bad_structure"],
    ["a location that is bytes", whole({ location: "c40178" }), "bad_structure"],
    ["a location that is no UTF-8", whole({ location: "a1ff" }), "bad_structure"],
    ["a list of odd length", whole({ list: "93000000" }), "bad_structure"],
    ["a list that is a map", whole({ list: "811690" }), "bad_structure"],
    ["a tail of 31 bytes", whole({ end: `c41f${"ab".repeat(31)}` }), "bad_structure"],
    ["a tail of 33 bytes", whole({ end: `c421${"ab".repeat(33)}` }), "bad_structure"],
    ["a tail that is nil", whole({ end: "c0" }), "bad_structure"],
    ["a tail that is text", whole({ end: `d920${"61".repeat(32)}` }), "bad_structure"],
    ["a byte behind it", `${whole()}00`, "bad_msgpack"],
    ["a tail that breaks off", whole().slice(0, -2), "bad_msgpack"],
    ["a type that is negative", withCaveat("ff01"), "bad_structure"],
    ["a type that is text", withCaveat("a13101"), "bad_structure"],
    ["a type that is a float", withCaveat("ca3f80000001"), "bad_structure"],
    ["the reserved byte in a body that nobody knows", withCaveat("cd0400c1"), "bad_msgpack"],
    ["a field too few", withCaveat("009101"), "bad_structure"],
    ["a field too many", withCaveat("0093010101"), "bad_structure"],
    ["a nil instead of a struct", withCaveat("00c0"), "bad_structure"],
    ["a nil instead of a number", withCaveat("15c0"), "bad_structure"],
    ["a negative id", withCaveat("0092ff01"), "bad_structure"],
    ["actions beyond 16 bits", withCaveat("1ace00010000"), "bad_structure"],
    ["roles beyond 32 bits", withCaveat("1ecf0000000100000000"), "bad_structure"],
    ["a moment beyond int64", withCaveat("049200cf8000000000000000"), "bad_structure"],
    ["text that is no UTF-8", withCaveat("13a2c328"), "bad_structure"],
    ["text with half a surrogate pair", withCaveat("13a3eda080"), "bad_structure"],
    ["an id of a set that is no UTF-8", withCaveat("079181a1ff01"), "bad_structure"],
    ["the same id twice in a set", withCaveat("0791" + "82a16d01a16d1f"), "bad_structure"],
    ["the same number twice, in two forms", withCaveat("039182" + "0501" + "cc051f"), "bad_structure"],
    ["a text id among apps", withCaveat("039181a13501"), "bad_structure"],
    ["a number among machines", withCaveat("0791810501"), "bad_structure"],
    ["a flag that is a number", withCaveat("1b919290" + "01"), "bad_structure"],
    ["an odd list inside IfPresent", withCaveat("0d9291" + "16" + "01"), "bad_structure"],
  ])("refuses %s", (_, hex, reason) => expect(kindOf(tokenOf(hex))).toBe(reason));
});

describe("a header", () => {
  const good = tokenOf(whole());
  test.each([
    ["a blank before a comma", `${good} , ${good}`, ["discharge", "discharge"]],
    ["nothing between commas", `,,${good},\n, ,`, ["discharge"]],
    [
      "more empty parts than there may be tokens",
      `${good}${",".repeat(400)}${good}`,
      ["discharge", "discharge"],
    ],
    ["line breaks inside", good.replace(/.{8}/g, "$&\r\n"), ["discharge"]],
    ["an OAuth token, which is not ours to read", "fo1_x", ["oauth"]],
    ["schemes between other blanks", `\tbearer\n\u00a0FLYV1\t${good}`, ["discharge"]],
    ["a scheme with no blank behind it", `Bearer${good}`, ["bad_prefix"]],
    ["a scheme behind a comma", `${good},FlyV1 ${good}`, ["discharge", "bad_prefix"]],
    ["other cases", `FM2_${good.slice(4)}`, ["bad_prefix"]],
    ["nothing behind the prefix but line breaks", "fm1r_\r\n", ["empty_token"]],
    ["a tab inside", `${good.slice(0, 9)}\t${good.slice(9)}`, ["bad_base64"]],
    ["padding too much", `${good}=`, ["bad_base64"]],
    ["padding inside", `fm2_AA==${good.slice(4)}`, ["bad_base64"]],
    ["nothing but padding", "fm2_====", ["bad_base64"]],
    ["the URL's alphabet", "fm2_-_-_", ["bad_base64"]],
    ["letters beyond ASCII", "fm2_\u00c1AAA", ["bad_base64"]],
  ])("with %s", (_, header, kinds) => {
    expect(parseHeader(header).map((one) => (one.kind === "bad" ? one.fault.reason : one.kind))).toEqual(
      kinds,
    );
  });

  test("base64 whose last bits are not zero is what it would be with zeros", () => {
    const [last, before] = [tokenOf(`${whole({ location: "a27878" })}`), /(.)(=+)$/];
    const spare = last.replace(before, (_, one: string, padding: string) => next(one) + padding);
    expect(spare).not.toBe(last);
    expect(reportOn(spare).canonical).toBe(`FlyV1 ${last}`);
  });

  test.each(["", " ", ",", "Bearer", "bearer FLYV1 ", " , ,"])("with no token: %j", (header) => {
    expect(reasonOf(() => parseHeader(header))).toBe("no_tokens");
  });
});

/** The base64 letter that is one more. */
function next(letter: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet.charAt(alphabet.indexOf(letter) + 1);
}

describe("a caveat from JSON", () => {
  test.each<[string, unknown, Reason]>([
    ["null", null, "bad_caveat"],
    ["a list", [], "bad_caveat"],
    ["a type that is a number", { type: 4, body: {} }, "bad_caveat"],
    ["no body", { type: "Action" }, "bad_caveat"],
    ["a field of its own", { type: "Action", body: "r", note: "" }, "bad_caveat"],
    ["raw bytes for a type that has a name", { type: "Action", raw: "01" }, "bad_caveat"],
    ["__proto__ beside it", JSON.parse('{"type":"Action","body":"r","__proto__":{}}'), "bad_caveat"],
    ["a type nobody knows", { type: "Everything", body: {} }, "unknown_caveat"],
    ["a name that every object has", { type: "constructor", body: {} }, "unknown_caveat"],
    ["__proto__ as its type", { type: "__proto__", body: {} }, "unknown_caveat"],
    ["a number that is not in use", { type: "17", body: {} }, "unknown_caveat"],
    ["a number with a zero before it", { type: "04", body: {} }, "unknown_caveat"],
    ["raw bytes", { type: "999", raw: "01" }, "unknown_caveat"],
    ["a missing field", { type: "Organization", body: { id: 1 } }, "bad_caveat"],
    ["an unknown field", { type: "Organization", body: { id: 1, mask: "r", more: 1 } }, "bad_caveat"],
    ["__proto__ as a field", { type: "IsMember", body: JSON.parse('{"__proto__":1}') }, "bad_caveat"],
    ["a field that it only inherits", { type: "IsUser", body: Object.create({ uint64: 1 }) }, "bad_caveat"],
    ["a list instead of an object", { type: "IsMember", body: [] }, "bad_caveat"],
    ["unknown action letters", { type: "Action", body: "read" }, "bad_caveat"],
    ["a star among letters", { type: "Action", body: "*r" }, "bad_caveat"],
    ["actions as a number", { type: "Action", body: 1 }, "bad_caveat"],
    ["a fraction", { type: "IsUser", body: { uint64: 1.5 } }, "bad_caveat"],
    ["a number that is not exact", { type: "IsUser", body: { uint64: 2 ** 53 } }, "bad_caveat"],
    ["a number below its range", { type: "IsUser", body: { uint64: -1 } }, "bad_caveat"],
    ["a number beyond its range", { type: "IsUser", body: { uint64: "18446744073709551616" } }, "bad_caveat"],
    ["a number with an exponent", { type: "IsUser", body: { uint64: "1e3" } }, "bad_caveat"],
    ["a hexadecimal number", { type: "IsUser", body: { uint64: "0x1" } }, "bad_caveat"],
    ["a number with a blank", { type: "IsUser", body: { uint64: " 1" } }, "bad_caveat"],
    ["an endless number", { type: "GoogleUserID", body: "9".repeat(101) }, "bad_caveat"],
    ["roles beyond 32 bits", { type: "AllowedRoles", body: 2 ** 32 }, "bad_caveat"],
    ["an app without a number", { type: "Apps", body: { apps: { web: "r" } } }, "bad_caveat"],
    ["an app with a zero before it", { type: "Apps", body: { apps: { "01": "r" } } }, "bad_caveat"],
    ["minus zero, which would be every app", { type: "Apps", body: { apps: { "-0": "r" } } }, "bad_caveat"],
    ["no app at all as text", { type: "Apps", body: { apps: { "": "r" } } }, "bad_caveat"],
    ["the wildcard beside an app", { type: "Apps", body: { apps: { "0": "r", "1": "r" } } }, "bad_caveat"],
    [
      "the wildcard beside a machine",
      { type: "Machines", body: { machines: { "": "r", m: "r" } } },
      "bad_caveat",
    ],
    ["a list of machines", { type: "Machines", body: { machines: ["m"] } }, "bad_caveat"],
    ["half a surrogate pair", { type: "ConfineGoogleHD", body: "\ud800" }, "bad_caveat"],
    ["bytes in the URL's alphabet", { type: "BindToParentToken", body: "-_-_" }, "bad_caveat"],
    ["bytes without padding", { type: "BindToParentToken", body: "AA" }, "bad_caveat"],
    ["a command that is text", { type: "Commands", body: ["ls"] }, "bad_caveat"],
    ["a command without args", { type: "Commands", body: [{ exact: true }] }, "bad_caveat"],
    ["caveats that are no list", { type: "IfPresent", body: { ifs: {}, else: "r" } }, "bad_caveat"],
    [
      "a type nobody knows inside another",
      { type: "IfPresent", body: { ifs: [{ type: "999", raw: "01" }], else: "r" } },
      "unknown_caveat",
    ],
  ])("with %s is refused", (_, json, reason) => expect(reasonOf(() => caveatOf(json))).toBe(reason));

  test.each<[string, unknown, Reason | undefined]>([
    ["the bytes of one value", { type: "999", raw: "9101" }, undefined],
    [
      "bytes inside IfPresent",
      { type: "IfPresent", body: { ifs: [{ type: "999", raw: "01" }], else: "r" } },
      undefined,
    ],
    ["the largest number", { type: "18446744073709551615", raw: "c0" }, undefined],
    ["a number beyond it", { type: "18446744073709551616", raw: "c0" }, "bad_caveat"],
    ["no bytes", { type: "999", raw: "" }, "bad_caveat"],
    ["half a byte", { type: "999", raw: "0" }, "bad_caveat"],
    ["capital letters", { type: "999", raw: "C0" }, "bad_caveat"],
    ["a number for bytes", { type: "999", raw: 12 }, "bad_caveat"],
    ["a body, too", { type: "999", raw: "c0", body: 1 }, "bad_caveat"],
    ["a name", { type: "Everything", raw: "c0" }, "bad_caveat"],
    ["two values", { type: "999", raw: "0101" }, "bad_msgpack"],
  ])("and raw bytes allowed, with %s", (_, json, reason) => {
    expect(reasonOf(() => caveatOf(json, { raw: true }))).toBe(reason);
    if (!reason) expect(toJson(caveatOf(json, { raw: true }))).toEqual(json);
  });

  test("keeps ids that look like parts of an object", () => {
    const json = JSON.parse('{"type":"Machines","body":{"machines":{"__proto__":"r","constructor":"w"}}}');
    expect(JSON.stringify(toJson(caveatOf(json)))).toBe(JSON.stringify(json));
  });

  test("never has a negative zero", () => {
    expect(toJson(caveatOf({ type: "ConfineGitHubOrg", body: -0 })).body).toBe(0);
  });

  test("takes `exact` as false where it is left out", () => {
    const [long, short] = [{ args: ["ls"], exact: false }, { args: ["ls"] }];
    expect(caveatOf({ type: "Commands", body: [short] })).toEqual(
      caveatOf({ type: "Commands", body: [long] }),
    );
  });
});

describe("narrowing", () => {
  const permission = (nonce = "93c401aac401bbc2", list = "90") =>
    tokenOf(whole({ nonce, list, location: `b5${Buffer.from("https://api.fly.io/v1").toString("hex")}` }));
  const party = (location: string, key = "") => ({
    type: "3P",
    body: { Location: location, VerifierKey: key, Ticket: "" },
  });
  const action = { type: "Action", body: "r" };

  test.each<[string, string, object[], Reason]>([
    ["a token that cannot be read, before all else", "fm2_AAAA,fm2_A", [{ type: "?" }], "bad_msgpack"],
    [
      "no permission token, before what is wrong with the caveats",
      tokenOf(whole()),
      [{ type: "?" }],
      "no_permission_token",
    ],
    ["nothing but an OAuth token", "fo1_x", [action], "no_permission_token"],
    [
      "a caveat that is wrong, before what is wrong with the token",
      permission("93c0c0c3"),
      [{ type: "?", body: 1 }],
      "unknown_caveat",
    ],
    ["a finalized proof", permission("93c0c0c3"), [action], "finalized_proof"],
    [
      "a statement about a user",
      permission(),
      [{ type: "GoogleUserID", body: "1" }],
      "attestation_not_allowed",
    ],
    ["a third party twice", permission(), [party("https://a"), party("https://a", "AAAA")], "duplicate_3p"],
    ["a third party that is there", permission(undefined, "920b93a178c0c0"), [party("x")], "duplicate_3p"],
  ])("refuses %s", (_, header, caveats, reason) => {
    expect(reasonOf(() => attenuate(header, caveats as never))).toBe(reason);
  });

  test("leaves out what is there, in any order", () => {
    const once = attenuate(permission(), [action, party("x"), party("y")]);
    expect(attenuate(once, [party("y"), action, action])).toBe(once);
    expect(attenuate(permission(), [action, action, party("x"), party("y"), party("x")])).toBe(once);
  });
});
