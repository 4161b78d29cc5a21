import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { check, restore, setUp } from "../job.ts";
import { openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const before = "# mine\nnative-tls = true\n";

test("uv's keyring program answers in every form in which uv asks, with a token that works", async () => {
  await using registry = await startRegistry();
  await using machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  await using agent = await agentOn(machine);
  await machine.write(".config/uv/uv.toml", before);
  await setUp(agent, "uv", { secret_style: "helper" });
  const settings = (await machine.read(".config/uv/uv.toml")) ?? "";
  expect(settings).toMatch(/native-tls = true\nkeyring-provider = "subprocess"\n/);
  expect(settings).not.toContain("flyt_");
  expect(await check(agent, "uv")).toContain("uv: works");

  const [url = "", upload = ""] = [...settings.matchAll(/url = "(.+)"/g)].map(([, one = ""]) => one);
  const plain = (one: string) => one.replace("admin@", "");
  const asked = (...words: string[]) =>
    machine.run(machine.at("fly-tokens/data/bin/keyring"), ["get", ...words]);
  const token = await succeed(asked(plain(url), "admin"));
  expect(token).toMatch(/^flyt_\w+\n$/);
  for (const service of [`${plain(url)}/fly-hello/`, plain(upload), new URL(url).host])
    expect(await succeed(asked(service, "admin"))).toBe(token);
  expect(await succeed(asked(plain(url), "--mode", "creds"))).toBe(`admin\n${token}`);
  await fail(asked("https://other.example/simple", "admin"));
  await fail(asked(plain(url), "bob"));
  const authorization = `Basic ${Buffer.from(`admin:${token.trim()}`).toString("base64")}`;
  expect((await fetch(`${plain(url)}/`, { headers: { authorization } })).status).toBe(200);

  await restore(agent, "uv");
  expect(await machine.read(".config/uv/uv.toml")).toBe(before);
  expect(await machine.read("fly-tokens/data/bin/keyring")).toBeNull();
});
