import { userInfo } from "node:os";
import { expect, test, vi } from "vitest";
import { realSeams } from "../src/seams.ts";

test.each(["", ".", "home/me"])("HOME=%j is no folder that files go into", (home) => {
  vi.stubEnv("HOME", home);
  try {
    expect(realSeams().home).toBe(userInfo().homedir);
  } finally {
    vi.unstubAllEnvs();
  }
});
