/** uv for a test: its files, our index in them, and a plan. */
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { uv } from "../../src/package-managers/uv.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, textsOf, token } from "./place.ts";

export const url = "https://acme.example/artifactory/api/pypi/pypi/simple";
export const upload = "https://acme.example/artifactory/api/pypi/pypi";
export const file = "/users/alice/.config/uv/uv.toml";
export const netrc = "/users/alice/.netrc";
export const settings = "/users/alice/shop/uv.toml";
export const pyproject = "/users/alice/shop/pyproject.toml";
export const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, mirrors: true, username: "alice", secret: new Secret(token) };
export const entry = `[[index]]\nname = "fly"\nurl = "${url}"\npublish-url = "${upload}"\ndefault = true\nauthenticate = "always"\n`;
export const login = `machine acme.example login alice password ${token}\n`;

export function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return uv.plan({ ...target, ...over }, place, textsOf(uv, place, files));
}
