/** A length of time as Go prints and reads it (time.ParseDuration): `720h0m0s`, `1.5h`, `300ms`. */
const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** @returns milliseconds; `undefined` for what Go would not read. There are no days in Go. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/gy;
  let total = 0;
  let end = 0;
  for (const [whole, amount, unit = ""] of rest.matchAll(part)) {
    total += Number(amount) * (units[unit] ?? Number.NaN);
    end += whole.length;
  }
  if (end === 0 || end !== rest.length) return undefined;
  return sign === "-" ? -total : total;
}
