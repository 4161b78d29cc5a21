/** The sentences with which a file is refused. */
import { Problem } from "../problem.ts";

const causes: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links form a circle",
  ENAMETOOLONG: "its name is too long",
  EBUSY: "it is in use",
};

/** The system's name for a failure, such as `ENOENT`; `undefined` when it was no failure of the system. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

export function unreadable(path: string, why: unknown): Problem {
  if (codeOf(why) === "ENOTDIR")
    return new Problem(
      "file_unreadable",
      `${path} cannot be there: ${reason(why)}.`,
      "Correct the path, or move that file away, and try again; nothing was changed.",
      { cause: why },
    );
  const fix = `Make ${path} a readable text file, or move it away, and try again; nothing was changed.`;
  return new Problem("file_unreadable", `${path} exists but cannot be read: ${reason(why)}.`, fix, {
    cause: why,
  });
}

export function unwritable(path: string, why: unknown, fix?: string): Problem {
  const remedy =
    fix ?? `Make ${path} and its folder writable for this user, and try again; nothing was changed.`;
  return new Problem("file_unwritable", `${path} cannot be written: ${reason(why)}.`, remedy, { cause: why });
}

export function changed(path: string): Problem {
  return new Problem(
    "file_changed",
    `${path} was changed by another program at this moment.`,
    "Try again; nothing was changed.",
  );
}

function reason(why: unknown): string {
  if (typeof why === "string") return why;
  const code = codeOf(why);
  return code === undefined ? String(why) : (causes[code] ?? code);
}
