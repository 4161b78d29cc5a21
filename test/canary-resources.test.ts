/**
 * Everything that can be read, completed or started is, in a world in which tokens were minted, delivered and set up, and in
 * which an issuer refuses in words that quote them. No secret may be seen, not even before the last net has passed it.
 */
import { expect, it } from "vitest";
import { prompts } from "../prompts/index.generated.ts";
import { resources } from "../src/resources/index.generated.ts";
import { Canaries } from "./support/canaries.ts";
import { openMachine } from "./support/machine.ts";
import { foundIn, outletsOf } from "./support/outlets.ts";
import type { ClientOptions } from "./support/world.ts";

it.each<ClientOptions["era"]>(["legacy", "modern"])("in the %s era", async (era) => {
  const canaries = new Canaries();
  let refused = false;
  await using here = await openMachine({
    programs: { npm: "exit 0" },
    fetch: (real) => async (input, init) => {
      const path = new URL(typeof input === "object" && "url" in input ? input.url : input).pathname;
      if (!refused || path.endsWith("/health")) return real(input, init);
      const message = `no: ${here.values.join(" ")} ${Buffer.from(`admin:${here.values[0]}`).toString("base64")} ${here.registry.adminKey}`;
      return Response.json({ error: { code: "invalid", message } }, { status: 400 });
    },
  });
  canaries.add(here.registry.adminKey);
  await here.call("create_environment", { name: "production" });
  await here.call("generate_token", { name: "kept", deliver_to: "file", deliver_path: here.at("kept") });
  await here.call("generate_token", {
    name: "pull",
    environment: "production",
    deliver_to: "file",
    deliver_path: here.at("pull"),
  });
  await here.call("configure_package_manager", { manager: "npm" });
  for (const value of here.values) canaries.add(value);
  expect(canaries.count).toBeGreaterThan(3);

  const { client } = await here.connect({ era });
  const before = here.frames.length;
  const completeAll = async (value: string) => {
    for (const { name, completes = {} } of prompts)
      for (const argument of Object.keys(completes))
        await client.complete({ ref: { type: "ref/prompt", name }, argument: { name: argument, value } });
    for (const { uri } of resources)
      for (const [, variable = ""] of uri.matchAll(/\{(\w+)\}/g))
        await client.complete({ ref: { type: "ref/resource", uri }, argument: { name: variable, value } });
  };
  const readAll = async () => {
    const { resources: list } = await client.listResources();
    await client.listResourceTemplates();
    for (const { uri } of list) await client.readResource({ uri }).catch(() => {});
    return list.map(({ uri }) => uri);
  };
  expect(await readAll()).toContain("fly-tokens://environments/production");
  await completeAll("");
  for (const { name, args } of prompts) {
    const given = Object.fromEntries(Object.keys(args.shape).map((arg) => [arg, "some"]));
    await client.getPrompt({ name, arguments: given });
  }
  // That there was something to tell.
  expect(here.frames.slice(before).join()).toMatch(/\\"name\\": \\"kept\\"/);

  refused = true;
  here.context.now = () => new Date(Date.now() + 60_000);
  await readAll();
  await completeAll("p");
  expect(here.frames.slice(before).join()).toMatch(/"code":-32603/);
  // What a client asks for may be a secret that was put in the wrong place.
  for (const value of here.values) {
    await completeAll(value);
    await client.readResource({ uri: `fly-tokens://environments/${value}` }).catch(() => {});
  }

  refused = false;
  const { frames: _all, ...outlets } = await outletsOf(here);
  const said = here.said.slice(-(here.frames.length - before));
  expect(foundIn({ ...outlets, frames: here.frames.slice(before) }, canaries)).toEqual([]);
  // Before the net: but for the address that was asked for, which is said back.
  const own = said.filter((text) => !text.includes("fly-tokens://environments/flyt_"));
  expect(foundIn({ said: own.filter((text) => !text.includes('"error"')) }, canaries)).toEqual([]);
});
