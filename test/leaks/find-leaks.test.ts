import { execFileSync } from "node:child_process";
import { chmod, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { run } from "../../src/run.ts";
import { findLeaks } from "../../tools/find-leaks.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { type Machine, type MachineOptions, openMachine } from "../support/machine.ts";
import { base64, planted } from "./planted.ts";

const openHere = (options: MachineOptions = {}) =>
  openMachine({ ...options, env: { PATH: process.env.PATH ?? "", ...options.env } });
const npm = () => planted.npm?.().value ?? "";

async function find(machine: Machine, args: Record<string, unknown> = {}) {
  return answerOf(findLeaks, await machine.call("find_leaks", args));
}

async function git(machine: Machine, folder: string, ...args: string[]): Promise<string> {
  const all = [
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@a.example",
    "-c",
    "protocol.file.allow=always",
    ...args,
  ];
  const env = { PATH: process.env.PATH, HOME: machine.home, GIT_CONFIG_SYSTEM: "/dev/null" };
  const { code, stdout, stderr } = await run("git", all, { cwd: machine.at(folder), env });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function repository(machine: Machine, folder: string, files: Record<string, string>): Promise<string> {
  await mkdir(machine.at(folder), { recursive: true });
  await git(machine, folder, "init", "--quiet");
  for (const [name, text] of Object.entries(files)) await machine.write(`${folder}/${name}`, text);
  await git(machine, folder, "add", "--all");
  await git(machine, folder, "commit", "--quiet", "--allow-empty", "-m", "1");
  return git(machine, folder, "rev-parse", "HEAD");
}

// Other systems have no such names.
it.runIf(process.platform === "linux")("a file whose name cannot be said is not passed over", async () => {
  await using machine = await openHere();
  const odd = (folder: string) => Buffer.from(`${machine.at(folder)}/odd\xff`, "latin1");
  await repository(machine, "repo", {});
  await mkdir(machine.at("plain"));
  for (const folder of ["plain", "repo"]) await writeFile(odd(folder), npm());
  const { findings, skipped } = await find(machine);
  expect([findings, skipped]).toEqual([
    [],
    [expect.stringMatching(/^Its name is not UTF-8: .*plain\/odd.*repo\/odd|repo\/odd.*plain\/odd/)],
  ]);
});

it("what a program of the user's may keep is not said to be lost", async () => {
  await using machine = await openHere();
  const { token, value } = await machine.registry.mint();
  await machine.write(".config/hosts.yml", `a: ${npm()}\nb: ${value}`);
  await machine.write("open", value);
  await chmod(machine.at("open"), 0o644);
  await repository(machine, "repo", { tracked: value });
  await machine.write("repo/another", value);
  const { findings } = await find(machine);
  const adviceAt = (path: string) =>
    findings.filter((one) => one.path === machine.at(path)).map(({ advice }) => advice);
  const leaveIt = /^Only its owner can read that file: if a program keeps it there, leave it\. Else /;
  expect(adviceAt(".config/hosts.yml")).toEqual([
    expect.stringMatching(new RegExp(`${leaveIt.source}revoke_token with ids \\["${token.id}"\\]`)),
    expect.stringMatching(new RegExp(`${leaveIt.source}revoke it where it was issued \\(npm\\)`)),
  ]);
  for (const path of ["open", "repo/tracked", "repo/another"])
    expect(adviceAt(path)).toEqual([expect.stringMatching(/^revoke_token .*rotate_token instead\./)]);
});

describe("whose a token is", () => {
  it("the registry says of its own, with each asked about once; nothing of it is shown", async () => {
    await using machine = await openHere();
    const canaries = new Canaries();
    const mint = async (name: string, options = {}) => {
      const minted = await machine.registry.mint({ name, ...options });
      canaries.add(minted.value);
      return minted;
    };
    const [live, dead] = [await mint("live"), await mint("dead")];
    await machine.registry.call("POST", `/tokens/${dead.token.id}/revoke`);
    const theirs = await mint("theirs", { key: await machine.registry.addUser("bob") });
    const stranger = planted["token of the registry"]?.().value ?? "";
    canaries.add(stranger);
    await machine.write("a.env", `A=${live.value}\nB=${dead.value}\n`);
    await machine.write("b/config.json", `{ "auth": "${base64(`admin:${live.value}`)}" }`);
    await machine.write("c.txt", `${theirs.value} ${stranger}`);

    const before = machine.registry.log.length;
    const { findings, scanned, skipped, truncated } = await find(machine);
    const of = (name: string) => findings.filter((one) => one.token?.name === name);
    expect(of("live").map(({ path, line, column }) => [path, line, column])).toEqual(
      expect.arrayContaining([
        [machine.at("a.env"), 1, 3],
        [machine.at("b/config.json"), 1, 12],
      ]),
    );
    expect(of("live")[0]).toMatchObject({
      kind: "token of the local registry",
      token: { id: live.token.id, provider: "local", status: "active" },
      active: "yes",
      in: "file",
      value: `[secret …${live.value.slice(-4)}]`,
      advice: expect.stringContaining(`revoke_token with ids ["${live.token.id}"]`),
    });
    expect(of("dead")).toMatchObject([{ active: "no", token: { status: "revoked" }, line: 2, column: 3 }]);
    expect(of("theirs")).toMatchObject([{ active: "yes" }]);
    expect(findings.filter(({ token }) => !token)).toMatchObject([
      { path: machine.at("c.txt"), active: "unknown", reason: expect.stringContaining("does not know it") },
    ]);
    expect(findings.map(({ active }) => active)).toEqual(["yes", "yes", "yes", "unknown", "no"]);
    expect([scanned.files, skipped, truncated]).toEqual([3, [], false]);
    const asked = machine.registry.log
      .slice(before)
      .filter(({ path }) => String(path).endsWith("/introspect"));
    expect(asked.length).toBeLessThanOrEqual(5);
    expect(machine.frames.flatMap((frame) => canaries.in(frame))).toEqual([]);
    expect(JSON.stringify(machine.registry.log.flatMap((line) => canaries.in(JSON.stringify(line))))).toBe(
      "[]",
    );
  });

  it("the ledger says of one that was made here, and its value is sent nowhere", async () => {
    const bodies: string[] = [];
    await using machine = await openHere({
      fetch: (real) => async (input, init) => {
        const request = new Request(input, init);
        bodies.push(`${request.url} ${JSON.stringify([...request.headers])} ${await request.clone().text()}`);
        return real(request);
      },
    });
    const path = machine.at("kept");
    await machine.call("generate_token", { name: "kept", deliver_to: "file", deliver_path: path });
    const value = ((await machine.read("kept")) ?? "").trim();
    const canaries = new Canaries();
    canaries.add(value);
    bodies.length = 0;
    await machine.write("copy", value);
    const { findings } = await find(machine);
    expect(findings).toMatchObject([
      { path: machine.at("copy"), active: "yes", token: { name: "kept", status: "active" } },
      { path, expected: true, advice: "That is where it belongs." },
    ]);
    expect(findings[0]).not.toHaveProperty("expected");
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.flatMap((body) => canaries.in(body))).toEqual([]);

    await chmod(path, 0o644);
    expect((await find(machine, { paths: [path] })).findings[0]).not.toHaveProperty("expected");
  });

  it("what a package manager was set up with is where it belongs, as long as it is private", async () => {
    await using machine = await openHere();
    await machine.setUp({ manager: "npm" });
    const { findings } = await find(machine, { include_ignored: true });
    expect(findings).toMatchObject([{ path: machine.at(".npmrc"), active: "yes", expected: true }]);
  });

  it("nobody is asked about others' tokens, nor one issuer about another's", async () => {
    const requests: string[] = [];
    await using machine = await openHere({
      fetch: (real) => async (input, init) => {
        const request = new Request(input, init);
        requests.push(
          `${request.url} ${JSON.stringify([...request.headers])} ${await request.clone().text()}`,
        );
        return real(request);
      },
    });
    const values = Object.entries(planted).flatMap(([name, make]) =>
      name === "token of the registry" ? [] : [make()],
    );
    await machine.write("all", values.map(({ value }) => value).join("\n"));
    const { findings } = await find(machine);
    expect(findings.map(({ kind }) => kind).sort()).toEqual(values.map(({ kind }) => kind).sort());
    expect(new Set(findings.map(({ active }) => active))).toEqual(new Set(["unknown"]));
    expect(findings.every(({ reason, advice }) => reason?.endsWith(".") && advice.length > 20)).toBe(true);
    expect(requests).toEqual([]);
    const only = await find(machine, { provider: "jfrog" });
    expect(new Set(only.findings.map(({ kind }) => kind.slice(0, 5)))).toEqual(new Set(["JFrog"]));
  });

  it("one that does not answer is asked once, and that it did not is said of each", async () => {
    let asked = 0;
    await using machine = await openHere({
      fetch: () => async () => {
        asked += 1;
        throw new TypeError("fetch failed");
      },
    });
    const values = Array.from({ length: 12 }, () => planted["token of the registry"]?.().value);
    await machine.write("all", values.join("\n"));
    const { findings } = await find(machine);
    expect(findings.length).toBe(12);
    expect(findings.every(({ active, reason }) => active === "unknown" && reason)).toBe(true);
    expect(asked).toBeLessThan(60);
  });
});

describe("which files are looked at", () => {
  it("in a repository: tracked, and not yet; not what is ignored, unless asked for or named", async () => {
    await using machine = await openHere();
    const value = npm();
    await repository(machine, "repo", { "a.txt": value, "deep/b.txt": value, ".gitignore": ".env\nout/\n" });
    for (const name of ["new.txt", ".env", "out/c.txt", "-n\nx\u001b[31m"])
      await machine.write(`repo/${name}`, value);
    const names = async (args: object) =>
      (await find(machine, { paths: ["repo"], ...args })).findings
        .map(({ path, tracked }) => `${path.slice(machine.at("repo/").length)} ${tracked}`)
        .sort();
    const usual = ["-n x [31m false", "a.txt true", "deep/b.txt true", "new.txt false"];
    expect(await names({})).toEqual(usual);
    expect(await names({ paths: ["."] })).toEqual(usual);
    expect(await names({ include_ignored: true })).toEqual(
      [...usual, ".env false", "out/c.txt false"].sort(),
    );
    expect(await names({ paths: ["repo/.env"] })).toEqual([".env false"]);
    expect(await names({ paths: ["repo/out"] })).toEqual(["out/c.txt false"]);
    expect(await names({ paths: ["repo/deep"] })).toEqual(["deep/b.txt true"]);
    expect(await names({ paths: ["~/repo/a.txt", "repo"] })).toEqual(usual);
  });

  it("a submodule and a worktree are looked at as what they are", async () => {
    await using machine = await openHere();
    await repository(machine, "sub", { "s.txt": npm() });
    await repository(machine, "repo", { "a.txt": "nothing" });
    await git(machine, "repo", "submodule", "--quiet", "add", machine.at("sub"), "lib");
    await git(machine, "repo", "worktree", "add", "--quiet", machine.at("tree"), "-b", "other");
    await machine.write("tree/w.txt", npm());
    const { findings } = await find(machine, { paths: ["repo", "tree"] });
    expect(findings.map(({ path, tracked }) => [path, tracked]).sort()).toEqual([
      [machine.at("repo/lib/s.txt"), true],
      [machine.at("tree/w.txt"), false],
    ]);
  });

  it("no link out of what was asked for is followed, no pipe opened, and what cannot be read is said", async () => {
    await using machine = await openHere();
    await machine.write("outside/secret", npm());
    await machine.write("in/a", npm());
    await machine.write("in/closed/b", npm());
    await symlink(machine.at("outside"), machine.at("in/link"));
    await symlink(machine.at("outside/secret"), machine.at("in/file"));
    await symlink(machine.at("in"), machine.at("in/loop"));
    execFileSync("mkfifo", [machine.at("in/pipe")]);
    const { findings, scanned } = await find(machine, { paths: ["in"] });
    expect(findings.map(({ path }) => path).sort()).toEqual([machine.at("in/a"), machine.at("in/closed/b")]);
    expect(scanned.files).toBe(2);
    // Who names a link means it.
    expect((await find(machine, { paths: ["in/link"] })).findings).toMatchObject([
      { path: machine.at("outside/secret") },
    ]);
  });

  it.skipIf(process.getuid?.() === 0)("what cannot be read is said", async () => {
    await using machine = await openHere();
    await machine.write("in/closed/b", npm());
    await machine.write("in/shut", npm());
    await chmod(machine.at("in/closed"), 0);
    await chmod(machine.at("in/shut"), 0);
    const { skipped } = await find(machine, { paths: ["in"] });
    await chmod(machine.at("in/closed"), 0o700);
    expect(skipped).toEqual([
      expect.stringMatching(/^Not readable \(permission denied\): .*(closed|shut).*\.$/),
    ]);
  });

  it("a tracked folder that has become a link is not followed", async () => {
    await using machine = await openHere();
    await machine.write("outside/a.txt", npm());
    await repository(machine, "repo", { "dir/a.txt": "nothing" });
    await rename(machine.at("repo/dir"), machine.at("gone"));
    await symlink(machine.at("outside"), machine.at("repo/dir"));
    expect((await find(machine, { paths: ["repo"] })).findings).toEqual([]);
  });

  it("our own folders are left out, and paths that are not there are refused", async () => {
    await using machine = await openHere();
    await machine.write("ours/state/x", npm());
    expect((await find(machine)).findings).toEqual([]);
    expectRefusal(await machine.call("find_leaks", { paths: ["nowhere"] }), "not_found", /nothing at/);
    expectRefusal(await machine.call("find_leaks", { paths: ["a\nb"] }), "invalid_input");
    expectRefusal(await machine.call("find_leaks", { paths: [] }), "invalid_input");
    expectRefusal(await machine.call("find_leaks", { provider: "moon" }), "not_found");
  });

  it("without git everything is looked at, and that it is not there is said", async () => {
    await using machine = await openMachine();
    await machine.write("repo/.git/HEAD", "");
    await machine.write("repo/a", npm());
    const { findings, skipped } = await find(machine);
    expect(findings).toMatchObject([{ path: machine.at("repo/a") }]);
    expect(skipped).toEqual([expect.stringContaining("Git did not answer")]);
    expectRefusal(await machine.call("find_leaks", { git_history: true }), "not_found", /git/);
  });
});

it("a hostile repository's programs are not started, and nothing is fetched", async () => {
  await using machine = await openHere();
  const value = npm();
  await repository(machine, "origin", { "a.txt": value, "big.txt": "x".repeat(5000) });
  await git(machine, "origin", "config", "uploadpack.allowFilter", "true");
  await git(
    machine,
    ".",
    "clone",
    "--quiet",
    "--no-checkout",
    "--filter=blob:none",
    `file://${machine.at("origin")}`,
    "repo",
  );
  await writeFile(machine.at("evil"), `#!/bin/sh\ntouch ${machine.at("started")}\nexit 1\n`, { mode: 0o755 });
  const evil = machine.at("evil");
  for (const name of [
    "core.fsmonitor",
    "core.pager",
    "core.sshCommand",
    "diff.external",
    "gpg.program",
    "core.alternateRefsCommand",
    "remote.origin.uploadpack",
    "filter.x.clean",
    "filter.x.smudge",
    "diff.x.textconv",
    "core.editor",
  ])
    await git(machine, "repo", "config", name, evil);
  await git(machine, "repo", "config", "log.showSignature", "true");
  await git(machine, "repo", "config", "protocol.file.allow", "always");
  await git(machine, "repo", "config", "core.hooksPath", machine.at("hooks"));
  await machine.write("repo/.gitattributes", "* filter=x diff=x\n");
  await machine.write("repo/b.txt", npm());
  const { findings, skipped } = await find(machine, { paths: ["repo"], git_history: true });
  expect(findings).toMatchObject([{ path: machine.at("repo/b.txt"), in: "file" }]);
  expect(skipped).toEqual([`Not all of the history is in this clone: ${machine.at("repo")}.`]);
  expect(await machine.read("started")).toBeUndefined();
});

describe("history", () => {
  it("has what was removed, on every branch, in the stash and in the reflog, with its first commit", async () => {
    await using machine = await openHere();
    const [removed, branch, stashed, dropped] = [npm(), npm(), npm(), npm()];
    const first = await repository(machine, "repo", { "dir/é\n.npmrc": `\r\n _authToken=${removed}` });
    await machine.write("repo/dir/é\n.npmrc", `later\n _authToken=${removed}`);
    await git(machine, "repo", "commit", "--quiet", "-am", "2");
    await git(machine, "repo", "rm", "--quiet", "-r", "dir");
    await git(machine, "repo", "commit", "--quiet", "-m", "3");
    await git(machine, "repo", "checkout", "--quiet", "-b", "other");
    await machine.write("repo/b", branch);
    await git(machine, "repo", "add", "b");
    await git(machine, "repo", "commit", "--quiet", "-m", "4");
    await machine.write("repo/b", dropped);
    await git(machine, "repo", "commit", "--quiet", "-am", "5");
    await git(machine, "repo", "reset", "--quiet", "--hard", "HEAD~1");
    await machine.write("repo/b", stashed);
    await git(machine, "repo", "stash", "--quiet");
    await git(machine, "repo", "checkout", "--quiet", "-");
    expect((await find(machine, { paths: ["repo"] })).findings).toEqual([]);
    const { findings, scanned } = await find(machine, { paths: ["repo"], git_history: true });
    expect(findings.length).toBe(4);
    expect(findings).toContainEqual(
      expect.objectContaining({
        path: machine.at("repo/dir/é"),
        line: 2,
        column: 13,
        in: "history",
        commit: first,
      }),
    );
    expect(scanned.commits).toBe(7);
    const { text } = await machine.call("find_leaks", { paths: ["repo"], git_history: true });
    expect(text).toContain(`in history since ${first}`);
    expect(text).toContain("removing it is not enough");
  });

  it("is that of one repository once, and none where there is none", async () => {
    await using machine = await openHere();
    const value = npm();
    await repository(machine, "repo", { a: value });
    await git(machine, "repo", "worktree", "add", "--quiet", machine.at("tree"), "-b", "other");
    const { findings } = await find(machine, { paths: ["repo", "tree"], git_history: true });
    expect(findings.map((one) => one.in).sort()).toEqual(["file", "file", "history"]);
    await mkdir(machine.at("plain"));
    expect((await find(machine, { paths: ["plain"], git_history: true })).skipped).toEqual([
      "There is no git repository, and so no history.",
    ]);
  });
});
