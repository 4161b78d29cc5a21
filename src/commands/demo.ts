/** The main job, told step by step, in a throw-away home with the real clients. Exit code 1 when a step does not hold. */
import { readFile } from "node:fs/promises";
import { Secret } from "../secret.ts";
import type { Command } from "./command.ts";
import { docker, pip } from "./demo/clients.ts";
import { Session } from "./demo/session.ts";
import { Broken, Stage } from "./demo/stage.ts";

export const command: Command = {
  about: "The whole job in a throw-away home",
  takes: 0,
  async run() {
    const stage = await Stage.open();
    const session = new Session(stage.env);
    try {
      await play(stage, session);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      stage.say(`   ✗ ${error.message}`);
      return 1;
    } finally {
      await session.close();
      stage.close();
    }
    stage.step("Clean up");
    stage.must(await nothingListens(stage.url), "nothing listens any more, and the home is gone");
    stage.say(
      "\nEverything above was done by tools that a coding agent calls. Next: README, “Client set-up”.",
    );
    return 0;
  },
};

async function play(stage: Stage, session: Session): Promise<void> {
  stage.say(`A developer asks a coding agent: "Set up npm here." Everything happens in ${stage.home}.`);
  stage.step("An agent starts the MCP server over stdio");
  stage.say(`   ${await session.open()}: ${(await session.tools()).join(", ")}`);
  const status = await session.call("get_status");
  stage.must(!status.isError, `the local registry is up at ${stage.url}; no account was needed`);

  stage.step('"Generate a token that may publish": minted, shown once');
  const minted = await session.call("generate_token", {
    name: "demo publisher",
    permission: "read_write",
    expires: "1h",
  });
  const credential = minted.data.credential as { username: string; token: string } | undefined;
  stage.must(credential !== undefined, "the value is in this one result");
  const owner = { username: credential?.username ?? "", token: new Secret(credential?.token ?? "") };
  stage.quote(`${minted.text}\n${owner.token}`);
  const publisher = (minted.data.token as { id: string }).id;

  stage.step('"Set up npm": the file is edited, and a real request proves that it works');
  stage.write(".npmrc", "; my own settings stay as they are\nfund = false\n");
  const set = await session.call("configure_package_manager", { manager: "npm", token_id: publisher });
  stage.quote(set.text);
  stage.must(
    !set.isError && (set.data.verified as { ok?: boolean } | undefined)?.ok === true,
    "npm is set up",
  );

  stage.step("The real npm publishes and installs");
  stage.write("hello/package.json", JSON.stringify({ name: "fly-hello", version: "1.0.0" }));
  stage.must(
    (await stage.run("npm", ["publish", "--loglevel=error"], `${stage.home}/hello`)).code === 0,
    "npm published fly-hello@1.0.0",
  );
  stage.write("app/package.json", JSON.stringify({ name: "app", version: "1.0.0" }));
  stage.must(
    (await stage.run("npm", ["install", "fly-hello", "--loglevel=error"], `${stage.home}/app`)).code === 0,
    "npm installed it",
  );

  stage.step("The same with least permission: a read-only token");
  const readOnly = await session.call("configure_package_manager", { manager: "npm" });
  stage.must(!readOnly.isError, "npm is set up again, read-only this time");
  const reader = (readOnly.data.token as { id: string }).id;
  stage.must(
    (await stage.run("npm", ["view", "fly-hello", "version"], `${stage.home}/app`)).stdout.trim() === "1.0.0",
    "reading works",
  );
  stage.write("hello/package.json", JSON.stringify({ name: "fly-hello", version: "1.0.1" }));
  const refused = await stage.run("npm", ["publish"], `${stage.home}/hello`);
  stage.quote(
    refused.stderr
      .split("\n")
      .filter((line) => /403|read-only/i.test(line))
      .join("\n"),
    3,
  );
  stage.must(refused.code !== 0 && /403/.test(refused.stderr), "publishing is refused with 403");

  const again: Record<string, () => Promise<boolean>> = {};
  for (const [name, act] of Object.entries({ pip, docker })) {
    stage.step(`The same for ${name}`);
    if (await stage.has(name)) again[name] = await act(stage, session, owner);
    else stage.say(`   skipped: ${name} is not installed`);
  }

  const successor = await rotate(stage, session, reader);

  stage.step('"Revoke them all": a plan first, then consent, then an outcome for each');
  const filter = { created_by: (status.data.providers as { identity: string }[])[0]?.identity ?? "" };
  const plan = await session.call("revoke_token", { filter });
  const required = plan.data.confirmation_required as { plan: string[]; confirmation: string } | undefined;
  stage.quote(required?.plan.join("\n") ?? plan.text);
  stage.must(
    required !== undefined,
    "nothing was revoked yet: this client cannot show a form, so the person is asked by the agent",
  );
  const done = await session.call("revoke_token", { filter, confirmation: required?.confirmation ?? "" });
  stage.quote(done.text);
  stage.must(
    (await session.call("revoke_token", { filter, confirmation: required?.confirmation ?? "" })).isError,
    "the same confirmation does not work twice",
  );

  stage.step("And they really stop");
  const whoami = await stage.run("npm", ["whoami"], `${stage.home}/app`);
  stage.must(whoami.code !== 0 && /401/.test(whoami.stderr), "npm is refused with 401");
  for (const [name, retry] of Object.entries(again)) stage.must(!(await retry()), `${name} is refused`);
  const check = await session.call("check_package_manager", { manager: "npm" });
  stage.quote(check.text);
  stage.must(check.text.includes(successor) && check.text.includes("revoked"), "and the agent is told why");

  stage.step('"Undo it": the developer gets the file back');
  // Set up twice, and rotated.
  for (const edit of ["the rotation", "the second set-up", "the first"]) {
    const restored = await session.call("restore_package_manager", { manager: "npm" });
    stage.must(!restored.isError, `${edit} is taken back`);
  }
  const text = await readFile(`${stage.home}/.npmrc`, "utf8");
  stage.must(text === "; my own settings stay as they are\nfund = false\n", ".npmrc has its former bytes");
}

/** Returns the successor's id. */
async function rotate(stage: Stage, session: Session, id: string): Promise<string> {
  stage.step('"Rotate it": a plan, then a successor in its place, tried before the old one goes');
  const plan = await session.call("rotate_token", { id });
  const required = plan.data.confirmation_required as { plan: string[]; confirmation: string } | undefined;
  stage.quote(required?.plan.join("\n") ?? plan.text);
  const done = await session.call("rotate_token", { id, confirmation: required?.confirmation ?? "" });
  stage.quote(done.text);
  stage.must(!done.isError, "the old one is revoked");
  const view = await stage.run("npm", ["view", "fly-hello", "version"], `${stage.home}/app`);
  stage.must(view.stdout.trim() === "1.0.0", "and npm works all the same");
  return (done.data.new as { id: string }).id;
}

async function nothingListens(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}
