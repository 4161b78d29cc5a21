/** Values that look like the platform's. */
import { randomBytes, randomInt } from "node:crypto";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `jfac@01gvekarh82rmg0ncmyjes1c64`: the Access service of one instance. */
export function serviceId(): string {
  return `jfac@01${text(24).toLowerCase()}`;
}

/** 64 letters and digits, as real ones are: the Base64 of a marker, a time and something random. */
export function referenceToken(expiresAt: number | undefined): string {
  const seconds = String(expiresAt ?? 0).padStart(10, "0");
  return Buffer.from(`reftkn:01:${seconds}:${text(27)}`).toString("base64");
}

export function refreshToken(): string {
  return randomBytes(32).toString("hex");
}

function text(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}
