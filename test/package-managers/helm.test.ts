import { describe, expect, it } from "vitest";
import { helm } from "../../src/package-managers/helm.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const host = "acme.example";
const file = "/users/alice/.config/helm/registry/config.json";
const auth = Buffer.from(`alice:${token}`).toString("base64");
const target: Target = { url: host, path: "docker", username: "alice", secret: new Secret(token) };

function plan(text?: string, over: Partial<Target> = {}) {
  const place = placeOf();
  return helm.plan(
    { ...target, ...over },
    place,
    textsOf(helm, place, text === undefined ? {} : { [file]: text }),
  );
}

describe("helm's file", () => {
  it("is made as `helm registry login` makes it, with a login for the host alone", () => {
    expect(written(plan())[file]?.trimEnd()).toBe(
      `{\n\t"auths": {\n\t\t"${host}": {\n\t\t\t"auth": "${auth}"\n\t\t}\n\t}\n}`,
    );
  });

  it("keeps the logins of others", () => {
    const before = '{ "auths": { "other.example": { "auth": "Ym9iOnRoZWlycw==" } } }';
    expect(JSON.parse(written(plan(before))[file] ?? "").auths).toEqual({
      "other.example": { auth: "Ym9iOnRoZWlycw==" },
      [host]: { auth },
    });
  });

  it.each<[string, Partial<Place>, string]>([
    ["HELM_REGISTRY_CONFIG", { env: { HELM_REGISTRY_CONFIG: "/r.json", HELM_CONFIG_HOME: "/h" } }, "/r.json"],
    [
      "HELM_CONFIG_HOME",
      { env: { HELM_CONFIG_HOME: "/h", XDG_CONFIG_HOME: "/x" } },
      "/h/registry/config.json",
    ],
    [
      "XDG_CONFIG_HOME",
      { env: { XDG_CONFIG_HOME: "/x" }, platform: "darwin" },
      "/x/helm/registry/config.json",
    ],
    ["a Mac", { platform: "darwin" }, "/users/alice/Library/Preferences/helm/registry/config.json"],
    [
      "Windows",
      { platform: "win32", home: "C:\\Users\\al", env: { APPDATA: "C:\\Users\\al\\AppData\\Roaming" } },
      "C:\\Users\\al\\AppData\\Roaming\\helm\\registry\\config.json",
    ],
  ])("is where %s has it", (_, where, path) => {
    expect(helm.files(placeOf(where))[0]).toBe(path);
  });

  it("is refused for a project and for a relative path", () => {
    expect(refusalOf(() => helm.files(placeOf({ scope: "project", project_dir: "/projects/app" })))).toBe(
      "unsupported",
    );
    expect(refusalOf(() => helm.files(placeOf({ env: { HELM_CONFIG_HOME: "helm" } })))).toBe("invalid_input");
  });

  it("is read before docker's, which has the rest", () => {
    const place = placeOf();
    const login = (name: string) =>
      JSON.stringify({ auths: { [host]: { auth: Buffer.from(`${name}:a-token-of`).toString("base64") } } });
    const docker = { "/users/alice/.docker/config.json": login("bob") };
    const found = (files: Record<string, string>) => helm.status(host, place, textsOf(helm, place, files));
    expect(found({ ...docker, [file]: login("alice") })).toMatchObject({ username: "alice", where: file });
    expect(found(docker)).toMatchObject({ configured: true, username: "bob" });
    expect(found({})).toMatchObject({ configured: false, shadowed_by: [] });
  });

  it("comes with a word on --plain-http, for a registry on this machine alone", () => {
    expect(plan(undefined, { url: "127.0.0.1:7411" }).warnings.join()).toContain("--plain-http");
    expect(plan().warnings).toEqual([]);
  });
});
