import { describe, expect, it } from "vitest";
import { dotnet } from "../../src/package-managers/dotnet.ts";
import { nuget } from "../../src/package-managers/nuget.ts";
import type { PackageManager, Place, Target } from "../../src/package-managers/package-manager.ts";
import { defaultNugetSources } from "../../src/package-managers/public-registries.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/nuget/v3/nuget/index.json";
const dotnetFile = "/users/alice/.nuget/NuGet/NuGet.Config";
const nugetFile = "/users/alice/.config/NuGet/NuGet.Config";
const project: Partial<Place> = { scope: "project", project_dir: "/projects/app" };
const projectFile = "/projects/app/nuget.config";
const target: Target = { url, username: "alice", secret: new Secret(token) };

type Files = Record<string, string>;

function plan(
  files: Files,
  over: Partial<Target> = {},
  where: Partial<Place> = {},
  manager: PackageManager = dotnet,
) {
  const place = placeOf(where);
  return manager.plan({ ...target, ...over }, place, textsOf(manager, place, files));
}

function status(files: Files, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return dotnet.status(url, place, textsOf(dotnet, place, files));
}

/** The user's file as we write it, and with something more at its end. */
const ours = (more = "") =>
  (written(plan({}))[dotnetFile] ?? "").replace("</configuration>", `${more}</configuration>`);

const source = (name: string, value: string) => `<add key="${name}" value="${value}" />`;
const section = (name: string, content: string) =>
  `<configuration><${name}>${content}</${name}></configuration>`;

const credentials = (name: string, password: string) => `  <packageSourceCredentials>
    <${name}>
      <add key="Username" value="alice" />
      <add key="ClearTextPassword" value="${password}" />
      <add key="ValidAuthenticationTypes" value="basic" />
    </${name}>
  </packageSourceCredentials>
`;

describe("what is written for dotnet", () => {
  it("is a whole file where there is none, with the public source that dotnet would have put there", () => {
    expect(written(plan({}))).toEqual({
      [dotnetFile]: `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <packageSources>
    <add key="${defaultNugetSources.dotnet.key}" value="${defaultNugetSources.dotnet.value}" protocolVersion="3" />
    <add key="fly" value="${url}" protocolVersion="3" />
  </packageSources>
${credentials("fly", token)}</configuration>
`,
    });
    expect(written(plan({}, { mirrors: true }))[dotnetFile]).not.toContain(defaultNugetSources.dotnet.value);
  });

  it("says that http is meant for a registry on this machine", () => {
    const local = "http://127.0.0.1:7411/v3/index.json";
    expect(written(plan({}, { url: local }))[dotnetFile]).toContain(
      `value="${local}" protocolVersion="3" allowInsecureConnections="true" />`,
    );
    expect(ours()).not.toContain("allowInsecureConnections");
  });

  it("refers to a variable, keeps such a reference, and takes no token that could be one", () => {
    const byReference = written(plan({}, { style: "reference" }))[dotnetFile] ?? "";
    expect(byReference).toContain(credentials("fly", "%FLY_TOKEN%"));
    expect(plan({ [dotnetFile]: byReference }).variable).toBe("FLY_TOKEN");
    expect(refusalOf(() => plan({}, { secret: new Secret("a%b%") }))).toBe("invalid_input");
    expect(refusalOf(() => plan({}, { secret: new Secret("a%b%") }, {}, nuget))).toBeUndefined();
  });

  it("in a project is the source alone; the credential goes to the user's file", () => {
    const existing = "/projects/app/NuGet.Config";
    const before = `<configuration>\r\n  <packageSources>\r\n    ${source("a", "b")}\r\n  </packageSources>\r\n</configuration>`;
    const files = written(plan({ [existing]: before }, {}, project));
    expect(Object.keys(files)).toEqual([dotnetFile, existing]);
    expect(files[existing]).toBe(
      before.replace('b" />', `b" />\r\n    <add key="fly" value="${url}" protocolVersion="3" />`),
    );
    expect(files[dotnetFile]).toContain(credentials("fly", token));
    expect(files[dotnetFile]).not.toContain(url);
    expect(Object.keys(written(plan({}, {}, project)))).toContain(projectFile);
  });

  it("changes of the user's own source only where it leads, in their spelling and quotes", () => {
    const text = `<configuration>
  <packageSources>
    <add key='Fly' value='https://old.example/nuget' extra='1'/>
  </packageSources>
  <packageSourceCredentials>
    <Fly><add key="Username" value="alice" /><add key="Password" value="AQAAAN" /></Fly>
  </packageSourceCredentials>
</configuration>`;
    const draft = plan({ [dotnetFile]: text });
    expect(draft.replaced_url).toBe("https://old.example/nuget");
    expect(draft.changes[0]?.after).toBe(
      text
        .replace("https://old.example/nuget", url)
        .replace("extra='1'", `extra='1' protocolVersion="3"`)
        .replace(
          '<add key="Password" value="AQAAAN" />',
          `<add key="ClearTextPassword" value="${token}" /><add key="ValidAuthenticationTypes" value="basic" />`,
        ),
    );
  });

  it("is where Windows and DOTNET_CLI_HOME have it", () => {
    const windows: Partial<Place> = { platform: "win32", home: "C:\\Users\\alice" };
    const file = "C:\\Users\\alice\\AppData\\Roaming\\NuGet\\NuGet.Config";
    expect(Object.keys(written(plan({}, {}, windows)))).toEqual([file]);
    expect(Object.keys(written(plan({}, {}, windows, nuget)))).toEqual([file]);
    expect(Object.keys(written(plan({}, {}, { env: { DOTNET_CLI_HOME: "/projects" } })))).toEqual([
      "/projects/.nuget/NuGet/NuGet.Config",
    ]);
  });
});

describe("what is written for nuget", () => {
  it("goes to its own file, with a source of version 2 as such", () => {
    const v2 = "https://acme.example/artifactory/api/nuget/nuget";
    const files = written(plan({}, { url: v2, mirrors: true }, {}, nuget));
    expect(files[nugetFile]).toContain(`<add key="fly" value="${v2}" />`);
    const env = { XDG_CONFIG_HOME: "/projects/config" };
    expect(Object.keys(written(plan({}, {}, { env }, nuget)))).toEqual([
      "/projects/config/NuGet/NuGet.Config",
    ]);
  });

  it("never refers to a variable, which the older ones would send as it is", () => {
    expect(written(plan({}, { style: "reference" }, {}, nuget))[nugetFile]).toContain(token);
  });

  it("is for the user alone", () => {
    expect(refusalOf(() => plan({}, {}, project, nuget))).toBe("unsupported");
    expect(refusalOf(() => plan({}, {}, { scope: "project" }))).toBe("invalid_input");
  });
});

describe("what NuGet would do", () => {
  it("comes with the credential", () => {
    expect(status({ [dotnetFile]: ours() })).toMatchObject({
      ...{ configured: true, url, username: "alice", where: dotnetFile, shadowed_by: [], warnings: [] },
    });
  });

  it.each<[string, string, RegExp]>([
    [
      "a disabled source",
      section("disabledPackageSources", source("FLY", "true")),
      /among the disabled ones/,
    ],
    [
      "a mapping without ours",
      section("packageSourceMapping", '<packageSource key="a"><package pattern="*" /></packageSource>'),
      /maps packages to sources, and none to `fly`/,
    ],
    ["a folder that clears the sources", section("packageSources", "<clear />"), /clears the sources/],
    [
      "a source of our name",
      section("packageSources", source("fly", "https://a:b@o.example/")),
      /https:\/\/o\.example\/\./,
    ],
    [
      "a credential of our name",
      section(
        "packageSourceCredentials",
        `<fly>${source("Username", "u")}${source("ClearTextPassword", "stale")}</fly>`,
      ),
      /has another credential/,
    ],
    [
      "a folder that clears the credentials",
      section("packageSourceCredentials", "<clear />"),
      /clears the credentials/,
    ],
  ])("reports %s in a folder above the project", (_, text, sentence) => {
    const found = status({ [dotnetFile]: ours(), "/projects/NuGet.Config": text }, project);
    expect(found.shadowed_by.join()).toMatch(sentence);
    expect(found.shadowed_by.join()).not.toMatch(/stale|a:b/);
    expect(found.configured && found.secret?.reveal() === token).toBe(false);
  });

  it("takes what is disabled with `false`, or cleared before it, for what it is", () => {
    const off = `<disabledPackageSources>${source("fly", "false")}</disabledPackageSources>`;
    expect(status({ [dotnetFile]: ours(off) }).configured).toBe(true);
    const cleared = `<configuration><packageSources><clear />${source("fly", url)}</packageSources></configuration>`;
    expect(status({ [dotnetFile]: ours(), [projectFile]: cleared }, project)).toMatchObject({
      ...{ configured: true, shadowed_by: [] },
    });
  });

  it("sends what the variable of the source says, if it is well-formed", () => {
    const env = (value: string) => ({ env: { NuGetPackageSourceCredentials_fly: value } });
    const found = status(
      { [dotnetFile]: ours() },
      env("Username=ci;Password=stale-token;ValidAuthenticationTypes=basic"),
    );
    expect([found.username, found.secret?.reveal(), found.where]).toEqual([
      ...["ci", "stale-token", "NuGetPackageSourceCredentials_fly"],
    ]);
    expect(found.shadowed_by).toHaveLength(1);
    expect(found.shadowed_by.join()).not.toContain("stale-token");
    expect(status({ [dotnetFile]: ours() }, env("ci:stale-token")).shadowed_by).toEqual([]);
  });

  it("knows a reference that is set, one that is not, and a password that is encrypted", () => {
    const text = ours().replace(token, "%FLY_TOKEN%");
    const set = status({ [dotnetFile]: text }, { env: { FLY_TOKEN: token } });
    expect([set.configured, set.where, set.secret?.reveal()]).toEqual([true, "FLY_TOKEN", token]);
    const unset = status({ [dotnetFile]: text });
    expect([unset.configured, unset.warnings.join()]).toEqual([false, expect.stringContaining("FLY_TOKEN")]);
    const encrypted = status({ [dotnetFile]: ours().replace("ClearTextPassword", "Password") });
    expect([encrypted.configured, encrypted.warnings.join()]).toEqual([
      false,
      expect.stringContaining("Windows"),
    ]);
  });

  it("finds the registry under another name, and the name of a source that XML cannot spell", () => {
    const text = ours()
      .replace('key="fly"', 'key="Acme Feed"')
      .replace("<fly>", "<Acme_x0020_Feed>")
      .replace("</fly>", "</Acme_x0020_Feed>");
    expect(status({ [dotnetFile]: text })).toMatchObject({ configured: true, username: "alice" });
  });
});

describe("verification", () => {
  const answer = (body: string, status = 200) =>
    dotnet.verify(target, async () => new Response(body, { status }));

  it("takes a service index for an answer, and a login page for none", async () => {
    expect(await answer('{"version":"3.0.0","resources":[]}')).toMatchObject({
      ok: true,
      request: `GET ${url}`,
    });
    expect((await answer("<html>Log in</html>")).cause).toContain("not the index of a NuGet source");
    expect((await answer("", 401)).cause).toContain("401");
  });
});
