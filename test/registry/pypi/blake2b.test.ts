import { expect, test } from "vitest";
import { Blake2b256 } from "../../../src/registry/pypi/blake2b.ts";

const a = (length: number) => Buffer.alloc(length, "a");

// Made with Python's hashlib.blake2b(data, digest_size=32); the lengths are those around the ends of blocks.
const vectors: [Buffer, string][] = [
  [a(0), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"],
  [Buffer.from("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"],
  [a(127), "59e2f1aba240f20aa591016f5ef429990bc9c2131dcd0d30f0ffd75ed18f317d"],
  [a(128), "ae2aa48507885c4c950fb809b2076f959cde9f8ea6da260d9a3587df33dac450"],
  [a(129), "2f64744a6de0d2c0b56e64cf6e29a5aaa255010d415d51c75ccc82f73dccd865"],
  [a(256), "eae4d3a7627549b383179dc18049964f91a6fed14c9f3fb26705eda3eeda5558"],
  [a(1000), "e00b0ddbf1e2cdaf5c898e1a5e8826ea3a2c339bcf2a478da2e5fca9ff126672"],
];

test.each(vectors)("the digest is the one that Python has", (bytes, digest) => {
  expect(new Blake2b256().update(bytes).digest()).toBe(digest);
});

test.each([1, 7, 127, 128, 129])("it does not matter that the bytes come %i at a time", (size) => {
  const hash = new Blake2b256();
  for (let at = 0; at < 1000; at += size) hash.update(a(1000).subarray(at, at + size));
  expect(hash.digest()).toBe(vectors.at(-1)?.[1]);
});
