/** Whether another process still runs, told by more than its number, which the system gives out again. */
import { readFile } from "node:fs/promises";

/** When a process started, in the system's own unit; `undefined` where the system does not say, or it does not run. */
export async function startOf(pid: number): Promise<string | undefined> {
  return (await statOf(pid))?.[19];
}

/** @param started what `startOf` said of it while it ran */
export async function isRunning(pid: number, started?: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const stat = await statOf(pid);
  if (!stat) return true;
  return stat[0] !== "Z" && (started === undefined || stat[19] === started);
}

/** Linux: the fields of proc_pid_stat(5) from the third on; the second, the program's name, may hold anything. */
async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}
