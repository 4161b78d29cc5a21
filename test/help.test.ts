/** What `fly-tokens help` tells of. */
import { afterEach, expect, it, vi } from "vitest";
import { command } from "../src/commands/help.ts";
import { commands } from "../src/commands/index.ts";
import { settings } from "../src/config/settings.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("names every command and every setting", async () => {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((said) => {
    text += String(said);
    return true;
  });
  await command.run({} as Parameters<typeof command.run>[0]);
  const [first = ""] = text.split("\nFlags, ");
  expect(Object.keys(commands).filter((name) => !new RegExp(`^ +.*\\b${name}\\b`, "m").test(first))).toEqual(
    [],
  );
  expect(Object.values(settings).filter(({ env }) => !text.includes(env))).toEqual([]);
});
