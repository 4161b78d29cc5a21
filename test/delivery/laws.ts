/** What every delivery promises, wherever it leads: one suite over the cases of test/delivery/cases. */
import { inspect } from "node:util";
import { expect, it } from "vitest";
import type { Delivery, DeliveryReceipt } from "../../src/delivery/delivery.ts";
import { destinationOf } from "../../src/delivery/destination.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { answerOf } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { treeOf } from "../support/home.ts";
import type { Machine } from "../support/machine.ts";
import type { ToolResult } from "../support/world.ts";

export interface DeliverySubject extends AsyncDisposable {
  machine: Machine;
  /** generate_token's deliver_* arguments that name the place. */
  args: Record<string, unknown>;
  /** What stands at the place now, found by the test's own means. */
  value(): Promise<string | undefined>;
  /** Everything else it could have leaked into: argv of started programs, URLs and headers of requests, … */
  traces(): Promise<string>;
}

type Act = (subject: DeliverySubject) => Promise<void>;

export interface DeliveryCase {
  /** "file", "kubernetes, in the cluster", … */
  name: string;
  /** `deliver_to`. */
  id: string;
  /** @param options.minted runs between the mint and the moment that the server learns of it */
  open(options: { minted?: () => Promise<void> }): Promise<DeliverySubject>;
  /** Prepared before the call: nothing may be minted. */
  impossible: Record<string, Act>;
  /** Done between the mint and the delivery: the token must be revoked, the place must not hold it. */
  faults: Record<string, Act>;
  /** Nobody can read the value back. */
  writeOnly?: boolean;
  /** A person carries the value on. */
  byHand?: boolean;
}

/** What stand-ins for programs and services keep goes in this folder of the home; no law looks into it. */
const standIns = "stand-ins";

const generate = ({ machine, args }: DeliverySubject, id: string) =>
  machine.call("generate_token", { name: "delivered", deliver_to: id, ...args });

const deliveryOf = ({ machine }: DeliverySubject, id: string) => {
  const found = machine.context.deliveries.find((delivery) => delivery.id === id);
  if (!found) throw new Error(`There is no delivery ${id}.`);
  return found;
};

/** A test for each law, and for each thing that stands in the way. */
export function keepsTheLaws(one: DeliveryCase): void {
  it("holds the value of the new token, which is nowhere else", () => expectDelivered(one));
  it("is checked without a change", () => expectCheckIsPure(one));
  it("refuses an argument that means nothing to it", () => expectNoStrangers(one));
  if (!one.byHand) {
    it("holds one value after a second call", () => expectOneValue(one));
    it("holds the successor alone after a rotation", () => expectReplaced(one));
  }
  for (const [name, prepare] of Object.entries(one.impossible))
    it(`mints nothing: ${name}`, () => expectImpossible(one, prepare));
  for (const [name, fault] of Object.entries(one.faults))
    it(`revokes the new token: ${name}`, () => expectRevoked(one, fault));
}

/** A success: the value stands at its place, opens what it should, is nowhere else, and can be read again. */
async function expectDelivered({ id, open, writeOnly, byHand }: DeliveryCase): Promise<void> {
  await using subject = await open({});
  const delivery = deliveryOf(subject, id);
  expect(delivery.reveals || delivery.by_hand === true).toBe(byHand ?? false);
  expect(delivery.read === undefined).toBe(writeOnly ?? byHand ?? false);
  const result = await generate(subject, id);
  const { token, delivery: receipt } = answerOf(generateToken, result);
  expect(receipt.kind).toBe(id);
  for (const fact of [receipt.location, receipt.restore_id])
    if (fact !== undefined) expect(result.text).toContain(fact);
  expect(/Nobody can read it back/.test(result.text)).toBe((writeOnly ?? false) || delivery.reveals);
  const value = await subject.value();
  expect(value).toBe(subject.machine.values[0]);
  expect(await introspected(subject, value ?? "")).toMatchObject({
    active: true,
    token: { id: token.id },
  });
  await expectUnseen(subject, delivery);
  if (byHand) return;
  const destination = await placeOf(subject, token.id);
  const read = await delivery.read?.(destination, meansOf(subject));
  expect(read?.reveal()).toBe(writeOnly ? undefined : value);
  expect(await subject.machine.tokens()).toEqual([{ id: token.id, status: "active" }]);
}

/** A delivery that cannot succeed mints nothing and changes nothing. */
async function expectImpossible({ id, open }: DeliveryCase, prepare: Act): Promise<void> {
  await using subject = await open({});
  await prepare(subject);
  const before = { value: await subject.value(), tree: await treeOfUsers(subject) };
  const result = await generate(subject, id);
  expectRefused(result);
  expect(await subject.machine.tokens()).toEqual([]);
  expect({ value: await subject.value(), tree: await treeOfUsers(subject) }).toEqual(before);
  expect(await subject.machine.context.ledger.all()).toEqual([]);
  expect(await subject.machine.context.disk.journal()).toEqual([]);
}

/** One that fails on the way leaves no token that opens anything, and says so. */
async function expectRevoked({ id, open }: DeliveryCase, fault: Act): Promise<void> {
  let left: Record<string, string> | undefined;
  const opened: { subject?: DeliverySubject } = {};
  await using subject = await open({
    minted: async () => {
      if (!opened.subject) return;
      await fault(opened.subject);
      left = await treeOfUsers(opened.subject);
    },
  });
  opened.subject = subject;
  const result = await generate(subject, id);
  expectRefused(result);
  expect(left, "the check let it pass").toBeDefined();
  expect(await treeOfUsers(subject)).toEqual(left);
  const [token, ...others] = await subject.machine.tokens();
  expect(others).toEqual([]);
  expect(token?.status).toBe("revoked");
  expect(result.error.message).toContain(`The new token ${token?.id} was revoked.`);
  const [minted] = subject.machine.values;
  expect(minted).toBeDefined();
  expect(await subject.value()).not.toBe(minted);
  await expectUnseen(subject, deliveryOf(subject, id), 0);
  const delivered = (await subject.machine.context.ledger.all()).flatMap((entry) => entry.delivered);
  expect(delivered).toEqual([]);
  const edits = (await subject.machine.context.disk.journal()).filter(({ state }) => state !== "restored");
  expect(edits).toEqual([]);
}

/** A check alone changes nothing, neither the user's files nor ours. */
async function expectCheckIsPure({ id, open }: DeliveryCase): Promise<void> {
  await using subject = await open({});
  const before = {
    value: await subject.value(),
    users: await treeOfUsers(subject),
    ours: await ours(subject),
  };
  const { machine, args } = subject;
  await machine.context.outlet(
    id,
    destinationOf({ name: "delivered", deliver_to: id, ...args }),
    issuerOf(subject),
  );
  expect({
    value: await subject.value(),
    users: await treeOfUsers(subject),
    ours: await ours(subject),
  }).toEqual(before);
  expect(await machine.tokens()).toEqual([]);
}

/** A second call with the same place either is refused, or its value alone is there. */
async function expectOneValue({ id, open }: DeliveryCase): Promise<void> {
  await using subject = await open({});
  const { machine } = subject;
  const delivery = deliveryOf(subject, id);
  answerOf(generateToken, await generate(subject, id));
  const again = await generate(subject, id);
  const [first, second] = machine.values;
  expect(await subject.value()).toBe(again.isError ? first : second);
  expect(machine.values).toHaveLength(again.isError ? 1 : 2);
  if (again.isError) expectRefused(again);
  await expectUnseen(subject, delivery);
}

/** A rotation's value takes the place of the former one, and is the only one there. */
async function expectReplaced({ id, open, writeOnly }: DeliveryCase): Promise<void> {
  await using subject = await open({});
  const { machine } = subject;
  const delivery = deliveryOf(subject, id);
  const { token } = answerOf(generateToken, await generate(subject, id));
  const destination = await placeOf(subject, token.id);
  const next = await machine.registry.mint({ name: "next" });
  const means = meansOf(subject);
  const before = { users: await treeOfUsers(subject), value: await subject.value() };
  await delivery.check(destination, means, true);
  expect({ users: await treeOfUsers(subject), value: await subject.value() }).toEqual(before);
  const receipt: DeliveryReceipt = await delivery.deliver(
    {
      username: next.token.username,
      secret: new Secret(next.value),
      token: { id: next.token.id, provider: "local", name: "next" },
    },
    destination,
    means,
    true,
  );
  expect(await subject.value()).toBe(next.value);
  if (!writeOnly) expect((await delivery.read?.(destination, means))?.reveal()).toBe(next.value);
  await expectUnseen(subject, delivery, 1, [next.value, JSON.stringify(receipt)]);
  const old = canariesOf(machine.values);
  const texts = Object.entries(await treeOfUsers(subject)).flat();
  expect(texts.filter((text) => old.in(text).length > 0)).toEqual([]);
}

/** What a delivery does not know is refused, and not ignored. */
async function expectNoStrangers({ id, open }: DeliveryCase): Promise<void> {
  await using subject = await open({});
  const all = {
    deliver_path: "x",
    deliver_name: "X",
    deliver_in: "x/x",
    deliver_git: "allow",
    kubernetes: { secret_name: "x" },
  };
  const result = await subject.machine.call("generate_token", { name: "x", deliver_to: id, ...all });
  expectRefused(result);
  expect(result.error.code).toBe("invalid_input");
  expect(await subject.machine.tokens()).toEqual([]);
}

function expectRefused({ isError, error, wire }: ToolResult): void {
  expect(isError, wire).toBe(true);
  expect(error.code).not.toBe("internal");
  expect(error.message).toMatch(/\S.*[.?:)…"]$/);
  expect(error.fix).toMatch(/\S.*[.)]$/);
}

/**
 * No value is in any frame, log, fault or file of ours, in none of the traces, and in one file of the user's at most.
 * @param more a value that is to be looked for, too, and texts in which none may be
 */
async function expectUnseen(
  subject: DeliverySubject,
  { reveals }: Delivery,
  places = 1,
  [extra, ...more]: readonly string[] = [],
): Promise<void> {
  const { machine } = subject;
  const secrets = canariesOf([...machine.values, ...(extra === undefined ? [] : [extra])]);
  expect(secrets.count).toBeGreaterThan(0);
  const texts = {
    ...(reveals ? {} : { frames: machine.frames.join("\n") }),
    faults: machine.faults.map((fault) => inspect(fault)).join("\n"),
    log: JSON.stringify(machine.registry.log),
    traces: await subject.traces(),
    more: more.join("\n"),
    ...(await oursWithoutBackups(subject)),
  };
  const holding = (files: Record<string, string>) =>
    Object.entries(files)
      .filter(([name, text]) => secrets.in(name + text).length > 0)
      .map(([name]) => name);
  expect(holding(texts)).toEqual([]);
  expect(holding(await treeOfUsers(subject)).length).toBeLessThanOrEqual(places);
}

function canariesOf(values: readonly string[]): Canaries {
  const canaries = new Canaries();
  for (const value of values) canaries.add(value);
  return canaries;
}

async function introspected({ machine }: DeliverySubject, token: string): Promise<unknown> {
  const response = await machine.registry.call("POST", "/introspect", { token });
  return response.json();
}

/** Where the ledger says that a rotation has to write. */
async function placeOf({ machine }: DeliverySubject, id: string) {
  const entry = await machine.context.ledger.of("local", id);
  const [place, ...others] = entry?.delivered ?? [];
  expect(others).toEqual([]);
  if (!place) throw new Error(`The ledger does not know where ${id} went.`);
  return place.destination;
}

const issuerOf = ({ machine }: DeliverySubject) => machine.context.use("tokens", "local").provider;
const meansOf = (subject: DeliverySubject) => subject.machine.context.means(issuerOf(subject));

/** The user's files, without what stand-ins keep. */
async function treeOfUsers({ machine }: DeliverySubject): Promise<Record<string, string>> {
  const entries = Object.entries(await machine.tree());
  return Object.fromEntries(entries.filter(([name]) => name.split("/")[0] !== standIns));
}

/** Our files; of folders an empty one is worth nothing to anybody. */
async function ours({ machine }: DeliverySubject): Promise<Record<string, string>> {
  const entries = Object.entries(await treeOf(machine.home));
  return Object.fromEntries(
    entries.filter(([name, text]) => name.startsWith("ours/") && !text.endsWith(" folder")),
  );
}

/** A backup has what stood there before, which may be a former value of ours: 0600, and of no use once it is revoked. */
async function oursWithoutBackups(subject: DeliverySubject): Promise<Record<string, string>> {
  const entries = Object.entries(await ours(subject));
  return Object.fromEntries(
    entries.filter(([name, text]) => !(/\/backups\//.test(name) && text.startsWith("0600"))),
  );
}
