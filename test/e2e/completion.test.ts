/** The completion scripts, in the shells themselves. One that is not installed is skipped by name. */
import { describe, expect, it } from "vitest";
import { bash } from "../../src/commands/completion/bash.ts";
import { fish } from "../../src/commands/completion/fish.ts";
import { vocabulary } from "../../src/commands/completion/vocabulary.ts";
import { zsh } from "../../src/commands/completion/zsh.ts";
import { commands } from "../../src/commands/index.ts";
import { secretKeys, settings } from "../../src/config/settings.ts";
import { run } from "../../src/run.ts";
import { tools } from "../../tools/index.generated.ts";
import { type TempHome, tempHome } from "../support/home.ts";
import { describeWith } from "./clients.ts";

const words = await vocabulary(commands);
const allTools = tools.map(({ name }) => name);
const environment = ({ path }: TempHome) => ({
  PATH: `${path}/bin:${process.env.PATH}`,
  HOME: path,
  TERM: "dumb",
});

/** What is offered after a command line, in every shell. The last word is being typed. */
const offers: [typed: string[], offered: string[]][] = [
  [["a"], ["approve", "audit"]],
  [
    ["audit", ""],
    ["verify", "show"],
  ],
  [["call", ""], allTools],
  [
    ["call", "get_"],
    ["get_status", "get_token"],
  ],
  [["credential-helper", "d"], ["docker"]],
  [["macaroon", "attenuate", "--cav"], ["--caveats"]],
  [
    ["stdio", "--confirm", ""],
    ["auto", "always", "never"],
  ],
  [["--log", "de"], ["debug"]],
  [["http", "--provider", "j"], ["jfrog"]],
  [["rotate-due", "--dry"], ["--dry-run"]],
];

describe("the words that are offered", () => {
  it("are every command, every flag of a setting that is no secret, and the values that a setting may have", () => {
    expect(words.commands.map(({ name }) => name)).toEqual(Object.keys(commands));
    const flags = words.flags.map(({ name }) => name.slice(2));
    const keys = Object.keys(settings).map((key) => key.replaceAll("_", "-"));
    const secrets = secretKeys.map((key) => key.replaceAll("_", "-"));
    expect(flags).toEqual([...keys.filter((key) => !secrets.includes(key)), "env-file", "help"]);
    expect(words.flags.find(({ name }) => name === "--inline-secrets")?.values).toEqual(["allow", "deny"]);
  });
});

describeWith(["bash"], "bash", () => {
  async function complete(typed: readonly string[]): Promise<string[]> {
    await using home = await tempHome();
    await home.write("completion", bash(words));
    const line = ["fly-tokens", ...typed].map((word) => `'${word}'`).join(" ");
    const script = `source "$HOME/completion"; COMP_WORDS=(${line}); COMP_CWORD=${typed.length}; _fly_tokens; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p fly-tokens fly-tokens-mcp >&2`;
    const { stdout, stderr, code } = await run("bash", ["--norc", "-euc", script], {
      env: environment(home),
    });
    expect([code, stderr]).toEqual([
      0,
      "complete -o default -F _fly_tokens fly-tokens\ncomplete -o default -F _fly_tokens fly-tokens-mcp\n",
    ]);
    return stdout.trim().split("\n").filter(Boolean);
  }

  it.each(offers)("after %j offers %j", async (typed, offered) =>
    expect(await complete(typed)).toEqual(offered),
  );

  it("knows --flag=value, which it is handed in three words", async () =>
    expect(await complete(["http", "--log", "=", "s"])).toEqual(["silent"]));

  it("leaves a value that only the person knows to the shell", async () =>
    expect(await complete(["call", "--json", ""])).toEqual([]));
});

describeWith(["fish"], "fish", () => {
  it.each(offers)("after %j offers %j", async (typed, offered) => {
    await using home = await tempHome();
    await home.write(".config/fish/completions/fly-tokens.fish", fish(words));
    // For a program that is not there fish loads nothing.
    await home.write("bin/fly-tokens", "#!/bin/sh\n", 0o755);
    const line = ["fly-tokens", ...typed].join(" ");
    const { stdout, code } = await run("fish", ["-c", `complete -C '${line}'`], { env: environment(home) });
    expect(code).toBe(0);
    // Each with what it is about; in an order of fish's own.
    const found = stdout
      .split("\n")
      .filter(Boolean)
      .map((row) => row.split("\t")[0]);
    expect(found.sort()).toEqual([...offered].sort());
  });
});

describeWith(["zsh", "script"], "zsh", () => {
  /** Types into a terminal of zsh's own; what is run in the end says what was completed. */
  async function typed(line: string): Promise<string> {
    await using home = await tempHome();
    await home.write("completion", zsh(words));
    await home.write(
      ".zshrc",
      [
        "autoload -Uz compinit && compinit -u -D",
        'source "$HOME/completion"',
        "fly-tokens() { print -r -- $* > $HOME/ran }",
        // Without a bell or a menu, as many as there are.
        "setopt no_beep no_list_ambiguous no_auto_menu",
      ].join("\n"),
    );
    const { code } = await run("script", ["-qec", "zsh -i", "/dev/null"], {
      env: environment(home),
      input: `${line}\t\nexit\n`,
      timeout: 20_000,
    });
    expect(code).toBe(0);
    return (await home.read("ran"))?.trim() ?? "";
  }

  it.each(offers.filter(([, offered]) => offered.length === 1))(
    "after %j writes %j",
    async (words, [offered = ""]) =>
      expect(await typed(`fly-tokens ${words.join(" ")}`)).toBe([...words.slice(0, -1), offered].join(" ")),
  );

  it("writes what all of them begin with", async () => {
    expect(await typed("fly-tokens audit s")).toBe("audit show");
    expect(await typed("fly-tokens call get")).toBe("call get_");
    expect(await typed("fly-tokens http --log=sil")).toBe("http --log=silent");
  });
});
