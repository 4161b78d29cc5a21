/** What somebody waits for, but not for ever. */

/** @returns what comes of the work; `otherwise` when that takes longer @throws what the work does */
export async function inTime<Result>(
  work: Promise<Result>,
  milliseconds: number,
  otherwise: Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
