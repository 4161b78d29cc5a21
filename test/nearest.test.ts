import { describe, expect, it } from "vitest";
import { nearest } from "../src/nearest.ts";

describe("what somebody may have meant", () => {
  it.each([
    ["a letter too few", "permision", ["permission", "provider"], "permission"],
    ["two in the wrong order", "nmp", ["npm", "pip", "docker"], "npm"],
    ["other signs between words", "envFile", ["file", "env_file"], "env_file"],
    ["its beginning", "prod", ["production", "staging"], "production"],
    ["one of its words", "github", ["github_actions", "file"], "github_actions"],
    ["more words than it has", "package_manager", ["manager", "scope"], "manager"],
    ["nothing where two begin alike", "stag", ["staging-eu", "staging-us"], undefined],
    ["nothing that is far", "moon", ["production", "staging"], undefined],
    ["nothing for nothing", "", ["production"], undefined],
    ["nothing of nothing", "prod", [], undefined],
  ])("%s", (_what, given, allowed, meant) => expect(nearest(given, allowed).did_you_mean).toBe(meant));
});
