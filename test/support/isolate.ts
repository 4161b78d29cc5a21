/** Cuts every test off from the developer: its own HOME and client configuration, and no network beyond loopback. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const home = mkdtempSync(join(tmpdir(), "fly-tokens-test-"));
// FLY_TOKENS_E2E_REQUIRE and FLY_TOKENS_TEST_STORE are for the tests themselves.
const theirs =
  /^(npm_config_|pip_|twine_|docker_|jfrog_|fly_(?!tokens_(?:e2e|test)_)|xdg_|dbus_|aws_|pg|netrc$|node_auth_token$|registry_auth_file$)/i;
for (const name of Object.keys(process.env)) if (theirs.test(name)) delete process.env[name];
Object.assign(process.env, {
  HOME: home,
  USERPROFILE: home,
  XDG_CONFIG_HOME: join(home, ".config"),
  XDG_DATA_HOME: join(home, ".local/share"),
  XDG_STATE_HOME: join(home, ".local/state"),
  XDG_CACHE_HOME: join(home, ".cache"),
  NPM_CONFIG_USERCONFIG: join(home, ".npmrc"),
  DOCKER_CONFIG: join(home, ".docker"),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
});

const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const { hostname } = new URL(typeof input === "object" && "url" in input ? input.url : input);
  if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname))
    throw new Error(`A test must not reach ${hostname}.`);
  return realFetch(input, init);
};

afterAll(() => rmSync(home, { recursive: true, force: true }));
