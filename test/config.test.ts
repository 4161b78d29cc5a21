import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type ConfigSources, loadConfig } from "../src/config.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "fly-tokens-config-"));
});

function load(sources: Partial<ConfigSources> = {}) {
  return loadConfig({ flags: {}, env: {}, cwd: home, home, platform: "linux", ...sources });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

describe("settings", () => {
  it("have safe defaults", () => {
    expect(load()).toMatchObject({
      local_url: "http://127.0.0.1:7411",
      confirm: "auto",
      inline_secrets: "allow",
      read_only: false,
      log: "error",
      notices: [],
    });
  });

  it.each([
    "http://ann:hunter22@127.0.0.1:7411",
    "http://127.0.0.1:7411?x=hunter22",
    "http://127.0.0.1:7411/#hunter22",
  ])("refuse a URL that carries more than an address, without repeating it", (url) => {
    const refused = () => load({ env: { FLY_TOKENS_LOCAL_URL: url } });
    expect(refused).toThrow(expect.objectContaining({ code: "not_configured" }));
    expect(refused).toThrow(/FLY_TOKENS_LOCAL_URL is not valid/);
    expect(refused).not.toThrow(/hunter22/);
  });

  it("come from flags before the environment before .env before the file before the defaults", () => {
    write(".config/fly-tokens/config.json", '{"log": "silent", "provider": "file"}');
    expect(load()).toMatchObject({ log: "silent", provider: "file" });
    write(".env", "FLY_TOKENS_LOG=info\n");
    expect(load()).toMatchObject({ log: "info", provider: "file" });
    expect(load({ env: { FLY_TOKENS_LOG: "debug" } }).log).toBe("debug");
    expect(load({ env: { FLY_TOKENS_LOG: "debug" }, flags: { log: "error" } }).log).toBe("error");
  });

  it("count as absent when a bundle's placeholder was left standing", () => {
    expect(
      load({
        env: {
          FLY_TOKENS_LOCAL_KEY: "${user_config.local_key}",
          FLY_TOKENS_CONFIRM: "${user_config.confirm}",
        },
      }),
    ).toMatchObject({ confirm: "auto" });
    expect(load({ env: { FLY_TOKENS_LOCAL_KEY: "${user_config.local_key}" } }).local_key).toBeUndefined();
  });

  it.each(["${FLY_API_TOKEN}", "${FLY_API_TOKEN:-}", "${env:FLY_API_TOKEN}", "$FLY_API_TOKEN"])(
    "take %s for unset: a client hands it on where the variable is not set",
    (value) => {
      expect(load({ env: { FLY_API_TOKEN: value } }).fly_api_token).toBeUndefined();
      expect(load({ env: { FLY_API_TOKEN: value.replace("API", "ACCESS") } }).fly_api_token).toBeDefined();
    },
  );

  it("count as absent when empty", () => expect(load({ env: { FLY_TOKENS_LOG: "" } }).log).toBe("error"));
  it("are frozen", () => expect(Object.isFrozen(load())).toBe(true));

  it("are read as what they are", () => {
    const env = {
      FLY_TOKENS_READ_ONLY: "true",
      FLY_TOKENS_TOOLS: "get_status, list_tokens",
      FLY_TOKENS_MAX_EXPIRY: "90d",
      FLY_TOKENS_LOCAL_URL: "http://127.0.0.1:9000/",
    };
    expect(load({ env })).toMatchObject({
      read_only: true,
      tools: ["get_status", "list_tokens"],
      max_expiry: 90 * 86_400_000,
      local_url: "http://127.0.0.1:9000",
    });
  });

  it("keep secrets out of print", () => {
    const config = load({ env: { FLY_TOKENS_LOCAL_KEY: "flyk_a-very-secret-key-of-somebody" } });
    expect(JSON.stringify(config)).not.toContain("very-secret");
    expect(config.local_key?.reveal()).toBe("flyk_a-very-secret-key-of-somebody");
  });

  it.each([
    ["FLY_TOKENS_CONFIRM", "sometimes"],
    ["FLY_TOKENS_LOCAL_URL", "ftp://127.0.0.1"],
    ["FLY_TOKENS_READ_ONLY", "perhaps"],
    ["FLY_TOKENS_HTTP_TOKEN", "short"],
  ])("refuse %s=%s by name, without repeating the value", (name, value) => {
    expect(() => load({ env: { [name]: value } })).toThrowError(
      expect.objectContaining({ code: "not_configured", message: expect.stringContaining(name) }),
    );
    expect(() => load({ env: { [name]: value } })).not.toThrowError(
      expect.objectContaining({ message: expect.stringContaining(value) }),
    );
  });

  it("refuse a file with an unknown key, by name", () => {
    write(".config/fly-tokens/config.json", '{"confrim": "never"}');
    expect(() => load()).toThrowError(
      expect.objectContaining({ message: expect.stringContaining("confrim") }),
    );
  });

  it.each(["{", "[]", '"x"'])("refuse a file that is %s instead of taking it for empty", (text) => {
    write(".config/fly-tokens/config.json", text);
    expect(() => load()).toThrowError(expect.objectContaining({ code: "not_configured" }));
  });
});

describe("a .env in the working folder", () => {
  it("cannot send credentials elsewhere or loosen the operator's policy", () => {
    write(
      ".env",
      "FLY_TOKENS_LOCAL_URL=http://evil.example\nFLY_TOKENS_CONFIRM=never\nFLY_TOKENS_HOME=/somewhere\n",
    );
    const config = load();
    expect(config).toMatchObject({ local_url: "http://127.0.0.1:7411", confirm: "auto" });
    expect(config.notices).toHaveLength(3);
    expect(config.notices.join()).not.toContain("evil");
  });

  it("is trusted when it is named", () => {
    write("mine.env", "FLY_TOKENS_CONFIRM=always\n");
    expect(load({ flags: { "env-file": "mine.env" } })).toMatchObject({ confirm: "always", notices: [] });
  });

  it("that is named but missing is an error", () => {
    expect(() => load({ flags: { "env-file": "none.env" } })).toThrowError(
      expect.objectContaining({ code: "not_configured" }),
    );
  });
});

describe("our folders", () => {
  it("follow the XDG base directories", () => {
    expect(load({ env: { XDG_STATE_HOME: "/x/state", XDG_DATA_HOME: "relative" } }).folders).toEqual({
      config: join(home, ".config/fly-tokens"),
      data: join(home, ".local/share/fly-tokens"),
      state: "/x/state/fly-tokens",
    });
  });

  it("are below FLY_TOKENS_HOME when it is set", () => {
    expect(load({ env: { FLY_TOKENS_HOME: "ours" } }).folders.state).toBe(join(home, "ours/state"));
  });
});
