import { expect, test } from "vitest";
import { negotiate } from "../../src/registry/accept.ts";

const offers = ["text/html", "application/json"] as const;

test.each([
  [undefined, "text/html"],
  ["", "text/html"],
  ["application/json", "application/json"],
  ["APPLICATION/JSON", "application/json"],
  ["text/html;q=0.1, application/json;q=0.2", "application/json"],
  ["text/*;q=0.1, application/*;q=0.2", "application/json"],
  ["*/*;q=0.9, text/html;q=0", "application/json"],
  ["application/json;q=2, text/html;q=0.1", "text/html"],
  ["application/json;q=x, text/html;q=0.1", "text/html"],
  ["image/png", undefined],
  [";;,,", undefined],
])("of HTML and JSON, Accept: %s gets %s", (accept, expected) => {
  expect(negotiate(accept, offers)).toBe(expected);
});
