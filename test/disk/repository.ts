/** A git repository below a test's home, in the folder `repo`. */
import { run } from "../../src/run.ts";
import type { TempHome } from "../support/home.ts";

export async function git(home: TempHome, ...args: string[]): Promise<void> {
  const { code, stderr } = await run("git", ["-C", home.at("repo"), ...args]);
  if (code !== 0) throw new Error(stderr);
}

/** Makes one that ignores `ignored` and `.env`, and tracks the given files. */
export async function repository(home: TempHome, ...tracked: string[]): Promise<void> {
  await home.write("repo/.gitignore", "ignored\n.env\n");
  await git(home, "init", "--quiet");
  for (const name of tracked) {
    await home.write(`repo/${name}`, "x=1\n");
    await git(home, "add", name);
  }
}
