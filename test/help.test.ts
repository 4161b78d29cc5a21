/** What `fly-tokens help` tells of. */
import { afterEach, expect, it, vi } from "vitest";
import { command } from "../src/commands/help.ts";
import { commands } from "../src/commands/index.ts";
import { settings } from "../src/config/settings.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

async function help(...positionals: string[]): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((said) => {
    text += String(said);
    return true;
  });
  await command.run({ positionals } as unknown as Parameters<typeof command.run>[0]);
  return text;
}

it("names every command and every setting", async () => {
  const text = await help();
  const [first = ""] = text.split("\nFlags, ");
  expect(Object.keys(commands).filter((name) => !new RegExp(`^ +.*\\b${name}\\b`, "m").test(first))).toEqual(
    [],
  );
  expect(Object.values(settings).filter(({ env }) => !text.includes(env))).toEqual([]);
});

// credential-helper is started by clients; stdio is what is there without a word.
it.each(Object.keys(commands).filter((name) => name !== "credential-helper"))(
  "tells of %s by itself, with every flag of its own",
  async (name) => {
    const text = await help(name);
    const { flags = {} } = (await commands[name]?.())?.command ?? {};
    expect(text).toMatch(new RegExp(`^  ${name} `));
    expect(Object.keys(flags).filter((flag) => !text.includes(`--${flag}`))).toEqual([]);
    expect(text.split("\n").length).toBeLessThan(8);
  },
);

it("says what a setting may be, and what holds without it", async () => {
  const text = await help();
  for (const words of [
    /FLY_TOKENS_CONFIRM .*\(auto, always, never; default auto\)/,
    /FLY_TOKENS_INLINE_SECRETS .*\(allow, deny; default allow\)/,
    /FLY_TOKENS_READ_ONLY .*\(true, false; default false\)/,
    /FLY_TOKENS_LOG .*default error/,
    /FLY_TOKENS_LOCAL_URL .*\(default http:/,
    /FLY_TOKENS_HTTP_PORT .*default 7410/,
  ])
    expect(text).toMatch(words);
});

it("refuses to tell of what there is not", async () => {
  await expect(help("mint")).rejects.toMatchObject({ code: "invalid_input" });
});
