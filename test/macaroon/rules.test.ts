/** What each type of caveat says to an access. Inside IfPresent a caveat that is not relevant steps aside. */
import { describe, expect, test } from "vitest";
import { type Access, checkAccess } from "../../src/macaroon/access.ts";
import { attenuate } from "../../src/macaroon/attenuate.ts";
import { type Caveat, type CaveatJson, caveatOf, makeCaveat } from "../../src/macaroon/caveat.ts";
import { packed } from "../../src/macaroon/chain.ts";
import { evaluate, evaluateHeader } from "../../src/macaroon/evaluate.ts";
import { MacaroonFault } from "../../src/macaroon/fault.ts";
import { formatHeader } from "../../src/macaroon/header.ts";
import { discharge, mint } from "../../src/macaroon/mint.ts";

type Answer = "allows" | "refuses" | "is not relevant" | "is skipped";

const noon = 1_700_000_000;
const anyOrg = caveatOf({ type: "Organization", body: { id: 0, mask: "*" } });

/** How a caveat answers, by how it does alone, and inside IfPresent with an `else` that allows all or nothing. */
function answerOf(caveat: Caveat, access: Access, now = new Date(noon * 1000)): Answer | string {
  const asked = (one: Caveat) => evaluate([anyOrg, one], access, now).allowed;
  const inside = (otherwise: number) => asked(makeCaveat("IfPresent", { ifs: [caveat], else: otherwise }));
  const found = [asked(caveat), inside(0xffff), inside(0)].map(Number).join("");
  return { "111": "allows", "000": "refuses", "010": "is not relevant", "100": "is skipped" }[found] ?? found;
}

const read = (more: Partial<Access> = {}): Access => ({ action: "r", org: 1, ...more });
const onApp = (more: Partial<Access> = {}) => read({ app: 7, ...more });
const onMachine = (more: Partial<Access> = {}) => onApp({ machine: "m1", ...more });

/** A set of ids by the caveat that holds it: how it is named, and an access to the id `id`. */
const sets: [string, string, (id: string | undefined) => Access][] = [
  ["Volumes", "volumes", (volume) => onApp({ volume })],
  ["Machines", "machines", (machine) => onApp({ machine })],
  ["AppFeatureSet", "features", (app_feature) => onApp({ app_feature })],
  ["MachineFeatureSet", "features", (machine_feature) => onMachine({ machine_feature })],
  ["FeatureSet", "features", (org_feature) => read({ org_feature })],
  ["Clusters", "clusters", (cluster) => read({ org_feature: "litefs-cloud", cluster })],
  ["StorageObjects", "storage_objects", (storage_object) => read({ storage_object })],
];

describe.each(sets)("%s", (type, key, to) => {
  const of = (set: Record<string, string> | null) => caveatOf({ type, body: { [key]: set } });
  test.each<[string, Record<string, string> | null, string | undefined, Answer]>([
    ["an id that is in it", { a: "r", b: "" }, "a", "allows"],
    ["an id that may do other things", { a: "wcdC" }, "a", "refuses"],
    ["another id", { b: "r" }, "a", "refuses"],
    ["an id in other letters", { A: "r" }, "a", "refuses"],
    ["any id, for the wildcard", { "": "r" }, "a", "allows"],
    ["the wildcard's id itself", { a: "r" }, "", "refuses"],
    ["any id, for a wildcard that may do other things", { "": "w" }, "a", "refuses"],
    ["no id at all", { a: "r" }, undefined, "is not relevant"],
    ["no id at all, for the wildcard", { "": "r" }, undefined, "is not relevant"],
    ["an id, where the set is empty", {}, "a", "refuses"],
    ["no id, where the set is empty", {}, undefined, "is not relevant"],
    ["an id, where the set is nil", null, "a", "refuses"],
    ["no id, where the set is nil", null, undefined, "is not relevant"],
    ["an id that every object has", { a: "r" }, "constructor", "refuses"],
    ["an id named __proto__", JSON.parse('{"__proto__":"r"}'), "__proto__", "allows"],
  ])("answers to %s", (_, set, id, answer) => {
    expect(answerOf(of(set), to(id))).toBe(answer);
  });

  test("with the wildcard beside other ids refuses everything, what does not name such a thing among it", () => {
    const mixed = makeCaveat(
      type as "Machines",
      {
        [key]: [
          ["", 31],
          ["a", 31],
        ],
      } as never,
    );
    for (const id of ["a", "b", undefined]) expect(answerOf(mixed, to(id))).toBe("refuses");
  });
});

const object = (storage_object: string, action = "r") => ({ ...read({ storage_object }), action });
const storage = (storage_objects: Record<string, string>): CaveatJson => ({
  type: "StorageObjects",
  body: { storage_objects },
});
const commands = (...list: { args: string[]; exact?: boolean }[]): CaveatJson => ({
  type: "Commands",
  body: list,
});
const run = (...command: string[]) => onMachine({ command });
const feature = (org_feature: string, action: string) => ({ ...read({ org_feature }), action });
const window = (not_before: number | string, not_after: number | string): CaveatJson => ({
  type: "ValidityWindow",
  body: { not_before, not_after },
});
const src = (organization: string, app: string, instance: string): CaveatJson => ({
  type: "FlySrc",
  body: { organization, app, instance },
});
const ifPresent = (otherwise: string, ...ifs: CaveatJson[]): CaveatJson => ({
  type: "IfPresent",
  body: { ifs, else: otherwise },
});
const apps = (set: Record<string, string> | null): CaveatJson => ({ type: "Apps", body: { apps: set } });
const none: CaveatJson = { type: "Action", body: "" };
const big = 2n ** 60n + 1n;

test.each<[string, CaveatJson, Access, Answer]>([
  ["Organization: its own", { type: "Organization", body: { id: 1, mask: "r" } }, read(), "allows"],
  ["Organization: another", { type: "Organization", body: { id: 2, mask: "r" } }, read(), "refuses"],
  ["Organization: another action", { type: "Organization", body: { id: 1, mask: "w" } }, read(), "refuses"],
  ["Organization: any", { type: "Organization", body: { id: 0, mask: "r" } }, read(), "allows"],
  [
    "Organization: 0 is asked for",
    { type: "Organization", body: { id: 1, mask: "r" } },
    read({ org: 0 }),
    "refuses",
  ],
  [
    "Organization: one of two actions",
    { type: "Organization", body: { id: 1, mask: "r" } },
    { ...read(), action: "rw" },
    "refuses",
  ],
  [
    "Organization: a number and the same as a bigint",
    { type: "Organization", body: { id: 1, mask: "r" } },
    read({ org: 1n }),
    "allows",
  ],
  [
    "Organization: beyond 2^53",
    { type: "Organization", body: { id: String(big), mask: "r" } },
    read({ org: big }),
    "allows",
  ],
  [
    "Organization: beyond 2^53, its neighbour",
    { type: "Organization", body: { id: String(big), mask: "r" } },
    read({ org: big - 1n }),
    "refuses",
  ],
  ["Apps: its own", apps({ "7": "r" }), onApp(), "allows"],
  ["Apps: its own as a bigint", apps({ "7": "r" }), onApp({ app: 7n }), "allows"],
  ["Apps: another", apps({ "8": "rwcdC" }), onApp(), "refuses"],
  ["Apps: any", apps({ "0": "r" }), onApp(), "allows"],
  ["Apps: app 0 is asked for", apps({ "7": "r" }), onApp({ app: 0 }), "refuses"],
  ["Apps: none named", apps({ "7": "r" }), read(), "is not relevant"],
  ["Apps: empty", apps({}), onApp(), "refuses"],
  ["Apps: empty, none named", apps({}), read(), "is not relevant"],
  ["Apps: nil", apps(null), onApp(), "refuses"],
  ["StorageObjects: below a prefix", storage({ "https://s/a": "r" }), object("https://s/a/b"), "allows"],
  ["StorageObjects: above it", storage({ "https://s/a/": "r" }), object("https://s/a"), "refuses"],
  ["StorageObjects: beside it", storage({ "https://s/a": "r" }), object("https://s/b"), "refuses"],
  [
    "StorageObjects: two prefixes, both have to allow",
    storage({ "https://s/": "r", "https://s/a": "rw" }),
    object("https://s/a/b", "w"),
    "refuses",
  ],
  [
    "StorageObjects: two prefixes that do",
    storage({ "https://s/": "rw", "https://s/a": "rw" }),
    object("https://s/a/b", "w"),
    "allows",
  ],
  ["Action: within", { type: "Action", body: "rw" }, read(), "allows"],
  ["Action: without", { type: "Action", body: "w" }, read(), "refuses"],
  ["Action: nothing is done", none, { ...read(), action: "" }, "allows"],
  [
    "Action: everything, and one more that is unknown",
    { type: "Action", body: "rwcdC" },
    { ...read(), action: "*" },
    "refuses",
  ],
  [
    "Mutations: in the list",
    { type: "Mutations", body: { mutations: ["a", "b"] } },
    read({ mutation: "b" }),
    "allows",
  ],
  [
    "Mutations: not in it",
    { type: "Mutations", body: { mutations: ["a"] } },
    read({ mutation: "A" }),
    "refuses",
  ],
  ["Mutations: none named", { type: "Mutations", body: { mutations: ["a"] } }, read(), "is not relevant"],
  [
    "Mutations: an empty list",
    { type: "Mutations", body: { mutations: [] } },
    read({ mutation: "a" }),
    "refuses",
  ],
  ["Mutations: nil", { type: "Mutations", body: { mutations: null } }, read({ mutation: "a" }), "refuses"],
  ["Commands: exactly", commands({ args: ["ls", "-l"], exact: true }), run("ls", "-l"), "allows"],
  [
    "Commands: exactly, with more behind",
    commands({ args: ["ls"], exact: true }),
    run("ls", "-l"),
    "refuses",
  ],
  ["Commands: exactly, with less", commands({ args: ["ls", "-l"], exact: true }), run("ls"), "refuses"],
  ["Commands: a beginning", commands({ args: ["ls"] }), run("ls", "-l"), "allows"],
  ["Commands: no more than the beginning", commands({ args: ["ls"] }), run("ls"), "allows"],
  ["Commands: a longer beginning", commands({ args: ["ls", "-l"] }), run("ls"), "refuses"],
  ["Commands: a beginning of words, not of letters", commands({ args: ["ls"] }), run("lsof"), "refuses"],
  ["Commands: arguments with commas are not two", commands({ args: ["a,b"] }), run("a", "b"), "refuses"],
  ["Commands: nor are two one with a comma", commands({ args: ["a", "b"] }), run("a,b"), "refuses"],
  ["Commands: an argument with a comma", commands({ args: ["a,b"], exact: true }), run("a,b"), "allows"],
  ["Commands: no arguments are any command", commands({ args: [] }), run("rm"), "allows"],
  ["Commands: no arguments, exactly", commands({ args: [], exact: true }), run("rm"), "refuses"],
  [
    "Commands: no arguments, exactly, and an empty command",
    commands({ args: [], exact: true }),
    run(),
    "allows",
  ],
  ["Commands: arguments that are nil", { type: "Commands", body: [{ args: null }] }, run("rm"), "allows"],
  ["Commands: the second entry", commands({ args: ["a"] }, { args: ["b"] }), run("b"), "allows"],
  ["Commands: an empty list", commands(), run("a"), "refuses"],
  ["Commands: nil", { type: "Commands", body: null }, run("a"), "refuses"],
  ["Commands: none named", commands({ args: ["a"] }), onMachine(), "is not relevant"],
  ["ValidityWindow: within", window(noon - 1, noon + 1), read(), "allows"],
  ["ValidityWindow: its first second", window(noon, noon + 1), read(), "allows"],
  ["ValidityWindow: its last second", window(noon - 1, noon), read(), "allows"],
  ["ValidityWindow: before it", window(noon + 1, noon + 2), read(), "refuses"],
  ["ValidityWindow: after it", window(noon - 2, noon - 1), read(), "refuses"],
  ["ValidityWindow: upside down", window(noon + 1, noon - 1), read(), "refuses"],
  [
    "ValidityWindow: from the beginning to the end of time",
    window("-9223372036854775808", "9223372036854775807"),
    read(),
    "allows",
  ],
  [
    "ValidityWindow: at the end of time alone",
    window("9223372036854775807", "9223372036854775807"),
    read(),
    "refuses",
  ],
  ["IfPresent: one is relevant, and allows", ifPresent("", apps({ "7": "r" })), onApp(), "allows"],
  ["IfPresent: one is relevant, and refuses", ifPresent("*", apps({ "8": "r" })), onApp(), "refuses"],
  [
    "IfPresent: all that are relevant have to allow",
    ifPresent("*", apps({ "7": "r" }), { type: "Machines", body: { machines: {} } }),
    onMachine(),
    "refuses",
  ],
  [
    "IfPresent: what is not relevant has no say",
    ifPresent("", apps({ "7": "r" }), { type: "Machines", body: { machines: {} } }),
    onApp(),
    "allows",
  ],
  ["IfPresent: none is relevant, `else` allows", ifPresent("r", apps({})), read(), "allows"],
  ["IfPresent: none is relevant, `else` refuses", ifPresent("w", apps({ "7": "r" })), read(), "refuses"],
  ["IfPresent: empty, `else` allows", ifPresent("r"), read(), "allows"],
  ["IfPresent: empty, `else` refuses", ifPresent(""), read(), "refuses"],
  ["IfPresent: nil, `else` refuses", { type: "IfPresent", body: { ifs: null, else: "" } }, read(), "refuses"],
  ["IfPresent: a window is always relevant", ifPresent("", window(0, noon)), read(), "allows"],
  ["IfPresent: so is a window that has ended", ifPresent("*", window(0, 1)), read(), "refuses"],
  [
    "IfPresent: another inside, that answers by its own `else`",
    ifPresent("*", ifPresent("", apps({}))),
    read(),
    "refuses",
  ],
  ["IfPresent: another inside, that allows by it", ifPresent("", ifPresent("r", apps({}))), read(), "allows"],
  [
    "IfPresent: where a user is confined",
    ifPresent("*", { type: "ConfineUser", body: { id: 1 } }),
    read(),
    "refuses",
  ],
  [
    "IfPresent: with a statement about a user",
    ifPresent("*", { type: "FlyioUserID", body: 1 }),
    read(),
    "refuses",
  ],
  [
    "IfPresent: a statement beside what allows",
    ifPresent("*", apps({ "7": "r" }), { type: "GoogleUserID", body: 1 }),
    onApp(),
    "refuses",
  ],
  [
    "IfPresent: a third party inside",
    ifPresent("*", { type: "3P", body: { Location: "", VerifierKey: "", Ticket: "" } }),
    read(),
    "refuses",
  ],
  [
    "FromMachineSource: from there",
    { type: "FromMachineSource", body: { id: "m" } },
    read({ source_machine: "m" }),
    "allows",
  ],
  [
    "FromMachineSource: from elsewhere",
    { type: "FromMachineSource", body: { id: "m" } },
    read({ source_machine: "n" }),
    "refuses",
  ],
  ["FromMachineSource: from nowhere", { type: "FromMachineSource", body: { id: "" } }, read(), "refuses"],
  [
    "FromMachineSource: not the machine that is touched",
    { type: "FromMachineSource", body: { id: "m1" } },
    onMachine(),
    "refuses",
  ],
  [
    "FlySrc: all three",
    src("o", "a", "m"),
    read({ source_organization: "o", source_app: "a", source_machine: "m" }),
    "allows",
  ],
  [
    "FlySrc: one of them is another",
    src("o", "a", "m"),
    read({ source_organization: "o", source_app: "b", source_machine: "m" }),
    "refuses",
  ],
  ["FlySrc: one is asked for", src("", "a", ""), read({ source_app: "a" }), "allows"],
  ["FlySrc: one is asked for, and missing", src("", "a", ""), read({ source_organization: "a" }), "refuses"],
  ["FlySrc: nothing is asked for", src("", "", ""), read(), "allows"],
  ["IsMember: no feature", { type: "IsMember", body: {} }, onApp({ action: "d" }), "allows"],
  ["IsMember: a feature for everyone", { type: "IsMember", body: {} }, feature("wg", "rwcdC"), "allows"],
  ["IsMember: reading the bill", { type: "IsMember", body: {} }, feature("billing", "r"), "allows"],
  ["IsMember: writing the bill", { type: "IsMember", body: {} }, feature("billing", "rw"), "refuses"],
  ["IsMember: deletion", { type: "IsMember", body: {} }, feature("deletion", "r"), "refuses"],
  [
    "IsMember: deletion, without an action",
    { type: "IsMember", body: {} },
    feature("deletion", ""),
    "allows",
  ],
  ["IsMember: a feature nobody knows", { type: "IsMember", body: {} }, feature("new", ""), "refuses"],
  [
    "IsMember: a feature with an object's name",
    { type: "IsMember", body: {} },
    feature("constructor", ""),
    "refuses",
  ],
  [
    "AllowedRoles: an admin's deletion",
    { type: "AllowedRoles", body: 0xffffffff },
    feature("deletion", "d"),
    "allows",
  ],
  [
    "AllowedRoles: a member's deletion",
    { type: "AllowedRoles", body: 1 },
    feature("deletion", "d"),
    "refuses",
  ],
  [
    "AllowedRoles: all bits but one",
    { type: "AllowedRoles", body: 0xfffffffd },
    feature("deletion", "d"),
    "refuses",
  ],
  [
    "AllowedRoles: half of the bits",
    { type: "AllowedRoles", body: 0xffff },
    feature("deletion", "d"),
    "refuses",
  ],
  ["AllowedRoles: a member", { type: "AllowedRoles", body: 1 }, read(), "allows"],
  ["AllowedRoles: a billing manager alone", { type: "AllowedRoles", body: 2 }, read(), "refuses"],
  ["AllowedRoles: nobody", { type: "AllowedRoles", body: 0 }, read(), "refuses"],
  ["IsUser", { type: "IsUser", body: { uint64: 1 } }, read(), "allows"],
  ["ConfineUser", { type: "ConfineUser", body: { id: 1 } }, read(), "refuses"],
  ["ConfineOrganization", { type: "ConfineOrganization", body: { id: 1 } }, read(), "refuses"],
  ["ConfineGoogleHD", { type: "ConfineGoogleHD", body: "example.com" }, read(), "refuses"],
  ["ConfineGitHubOrg", { type: "ConfineGitHubOrg", body: 1 }, read(), "refuses"],
  ["MaxValidity", { type: "MaxValidity", body: 600 }, read(), "refuses"],
  ["FlyioUserID", { type: "FlyioUserID", body: 1 }, read(), "is skipped"],
  ["GitHubUserID", { type: "GitHubUserID", body: 1 }, read(), "is skipped"],
  ["GoogleUserID", { type: "GoogleUserID", body: 1 }, read(), "is skipped"],
  ["3P", { type: "3P", body: { Location: "", VerifierKey: "", Ticket: "" } }, read(), "refuses"],
  ["BindToParentToken", { type: "BindToParentToken", body: "" }, read(), "refuses"],
  ["a type nobody knows", { type: "999", raw: "c0" }, read(), "refuses"],
])("%s: %j", (_, json, access, answer) => {
  expect(answerOf(caveatOf(json, { raw: true }), access)).toBe(answer);
});

test.each<[string, Date, Answer]>([
  ["a millisecond before its first second", new Date(noon * 1000 - 1), "refuses"],
  ["its first millisecond", new Date(noon * 1000), "allows"],
  ["its last moment", new Date((noon + 60) * 1000), "allows"],
  ["a millisecond later", new Date((noon + 60) * 1000 + 1), "refuses"],
  ["a date that is none", new Date(Number.NaN), "refuses"],
])("a window at %s", (_, now, answer) => {
  expect(answerOf(caveatOf(window(noon, noon + 60)), read(), now)).toBe(answer);
});

test("a token that no caveat binds to an organization is refused, whatever else it says", () => {
  const bare = [caveatOf({ type: "Action", body: "*" })];
  expect(evaluate(bare, read(), new Date()).refusals).toEqual([
    { because: "No caveat binds it to an organization." },
  ]);
  expect(evaluate([], read(), new Date()).allowed).toBe(false);
});

test.each<[string, Partial<Access> & { action?: string }]>([
  ["no organization", { org: undefined }],
  ["an organization that is no number", { org: 1.5 }],
  ["an organization that is text", { org: "1" as never }],
  ["an organization below zero", { org: -1 }],
  ["an organization that is not exact", { org: 2 ** 53 }],
  ["an app that is null", { app: null as never }],
  ["an app and a feature", { app: 7, org_feature: "wg" }],
  ["an app and what is stored", { app: 7, storage_object: "https://s/" }],
  ["a machine without its app", { machine: "m" }],
  ["a volume without its app", { volume: "v" }],
  ["a machine and a volume", { app: 7, machine: "m", volume: "v" }],
  ["a command without its machine", { app: 7, command: ["ls"] }],
  [
    "a command and a feature of the machine",
    { app: 7, machine: "m", command: ["ls"], machine_feature: "oidc" },
  ],
  ["a cluster without its feature", { cluster: "c" }],
  ["a cluster with another feature", { cluster: "c", org_feature: "wg" }],
  ["an action nobody knows", { action: "x" }],
])("an access with %s is none", (_, parts) => {
  expect(() => checkAccess(read(parts))).toThrow(MacaroonFault);
  expect(() => evaluate([anyOrg], read(parts), new Date())).toThrow(
    expect.objectContaining({ reason: "bad_caveat" }),
  );
});

/** superfly/macaroon's own, and what flyctl adds. */
test.each<[string, CaveatJson, string]>([
  ["all in an organization", { type: "Organization", body: { id: 123, mask: "rwcdC" } }, "9200927b1f"],
  ["readonly", { type: "Organization", body: { id: 123, mask: "r" } }, "9200927b01"],
  ["ssh, first half", { type: "Action", body: "r" }, "921a01"],
  [
    "ssh, second half",
    { type: "Mutations", body: { mutations: ["issueCertificate", "addWireGuardPeer"] } },
    "92069192b069737375654365727469666963617465b061646457697265477561726450656572",
  ],
  [
    "one command exactly",
    ifPresent("r", commands({ args: ["uptime"], exact: true })),
    "920d92921b919291a6757074696d65c301",
  ],
  ["any command", ifPresent("r", commands({ args: [] })), "920d92921b919290c201"],
  [
    "wireguard",
    ifPresent("r", apps({}), { type: "FeatureSet", body: { features: { wg: "rwcdC" } } }),
    "920d9294039180059181a277671f01",
  ],
  ["a window", window(1_700_000_000, 1_700_003_600), "920492ce6553f100ce6553ff10"],
  ["an app", apps({ "123": "rC" }), "920391817b11"],
  ["a feature", { type: "FeatureSet", body: { features: { wg: "r" } } }, "92059181a2776701"],
  ["any machine", { type: "Machines", body: { machines: { "": "rC" } } }, "92079181a011"],
  ["a volume", { type: "Volumes", body: { volumes: { vol_1: "r" } } }, "92029181a5766f6c5f3101"],
  ["members", { type: "IsMember", body: {} }, "921690"],
  ["admins", { type: "AllowedRoles", body: 0xffffffff }, "921eceffffffff"],
  ["ten minutes", { type: "MaxValidity", body: 600 }, "9215cd0258"],
])("%s has the bytes that Fly.io signs", (_, json, hex) => {
  expect(packed(caveatOf(json)).toString("hex")).toBe(hex);
});

describe("a header", () => {
  const now = new Date(noon * 1000);
  const key = Buffer.alloc(32, 1);
  const party = { location: "https://auth.fly.io", key: Buffer.alloc(32, 2) };
  const org: CaveatJson = { type: "Organization", body: { id: 1, mask: "rwcdC" } };
  const base = () => mint({ key, nonce: { kid: Buffer.from("k") }, caveats: [org] });
  const asking = () => mint({ key, nonce: { kid: Buffer.from("k") }, caveats: [org], thirdParties: [party] });
  const agreed = (token: ReturnType<typeof asking>, caveats: CaveatJson[] = [], bound = false) => {
    const [one] = token.caveats.flatMap((caveat) => (caveat.name === "3P" ? [caveat.body.Ticket] : []));
    const proof = discharge(party, one ?? Buffer.alloc(0), caveats, bound ? token : undefined);
    if (!proof) throw new Error("no discharge");
    return proof;
  };
  const because = (header: string, access = read()) => {
    const { allowed, tokens } = evaluateHeader(header, access, now);
    return { allowed, because: tokens.map(({ refusals }) => refusals.map((one) => one.because)) };
  };

  test("of two tokens, as for ssh, allows what one of them does", () => {
    const half = (caveat: CaveatJson) => attenuate(formatHeader([base()]), [caveat]).replace("FlyV1 ", "");
    const header = `FlyV1 ${half({ type: "Action", body: "r" })},${half({
      type: "Mutations",
      body: { mutations: ["issueCertificate", "addWireGuardPeer"] },
    })}`;
    const allows = (access: Access) =>
      evaluateHeader(header, access, now).tokens.map(({ allowed }) => allowed);
    expect(allows(onApp())).toEqual([true, false]);
    expect(allows({ ...read({ mutation: "issueCertificate" }), action: "w" })).toEqual([false, true]);
    expect(allows({ ...read({ mutation: "deleteApp" }), action: "w" })).toEqual([false, false]);
    expect(allows({ ...onApp(), action: "w" })).toEqual([false, false]);
  });

  test("needs the discharge of each third party", () => {
    const token = asking();
    expect(because(formatHeader([token]))).toEqual({
      allowed: false,
      because: [["The discharge of a third party is missing."]],
    });
    expect(because(formatHeader([token, agreed(asking())])).allowed).toBe(false);
    expect(because(formatHeader([agreed(token), token])).allowed).toBe(true);
    expect(because(formatHeader([token, agreed(token, [], true)])).allowed).toBe(true);
  });

  test("is narrowed by what its discharges say, and by nothing in those of others", () => {
    const token = asking();
    const ended = agreed(token, [window(0, noon - 1)]);
    expect(because(formatHeader([token, ended]))).toEqual({ allowed: false, because: [["It has expired."]] });
    expect(because(formatHeader([token, agreed(token), agreed(asking(), [window(0, 1)])])).allowed).toBe(
      true,
    );
  });

  test("takes a permission token's word for no discharge", () => {
    const token = asking();
    const proof = agreed(token);
    const disguised = mint({ key, nonce: { kid: proof.nonce.kid }, caveats: [org] });
    expect(because(formatHeader([token, disguised])).because[0]).toEqual([
      "The discharge of a third party is missing.",
    ]);
  });

  test("without a permission token allows nothing", () => {
    expect(evaluateHeader(formatHeader([agreed(asking())]), read(), now)).toEqual({
      allowed: false,
      tokens: [],
    });
    expect(evaluateHeader("fo1_x", read(), now).allowed).toBe(false);
  });

  test("binds a permission token to nothing", () => {
    const bound = mint({
      key,
      nonce: { kid: Buffer.from("k") },
      caveats: [org, { type: "BindToParentToken", body: "" }],
    });
    expect(because(formatHeader([bound])).allowed).toBe(false);
  });
});
