import { describe, expect, it } from "vitest";
import { maven } from "../../src/package-managers/maven.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/maven";
const user = "/users/alice/.m2/settings.xml";
const global = "/usr/share/maven/conf/settings.xml";
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return maven.plan({ ...target, ...over }, place, textsOf(maven, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return maven.status(url, place, textsOf(maven, place, files));
}

const planned = (over: Partial<Target> = {}, where: Partial<Place> = {}) =>
  Object.values(written(plan({}, over, where)))[0] ?? "";

const mirror = (id: string, mirrorOf: string, at = `https://${id}.example/maven`) =>
  `<mirror><id>${id}</id><mirrorOf>${mirrorOf}</mirrorOf><url>${at}</url></mirror>`;

const settings = (...mirrors: string[]) => `<settings><mirrors>${mirrors.join("")}</mirrors></settings>`;

/** What we write, with the user's own mirrors before ours. */
const withMirrors = (mirrors: string, over: Partial<Target> = {}) =>
  plan({ [user]: settings(mirrors) }, over).changes[0]?.after ?? "";

describe("what is written", () => {
  it("is a whole file where there is none", () => {
    expect(written(plan({}, { mirrors: true }))).toEqual({
      [user]: `<?xml version="1.0" encoding="UTF-8"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <servers>
    <server>
      <id>fly</id>
      <username>alice</username>
      <password>${token}</password>
    </server>
  </servers>
  <mirrors>
    <mirror>
      <id>fly</id>
      <url>${url}</url>
      <mirrorOf>external:*</mirrorOf>
    </mirror>
  </mirrors>
  <profiles>
    <profile>
      <id>fly</id>
      <properties>
        <altDeploymentRepository>fly::default::${url}</altDeploymentRepository>
      </properties>
      <repositories>
        <repository>
          <id>fly</id>
          <url>${url}</url>
        </repository>
      </repositories>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>fly</activeProfile>
  </activeProfiles>
</settings>
`,
    });
  });

  it("has no mirror where the registry lacks the public packages", () => {
    expect(planned()).not.toContain("<mirror");
    expect(status({ [user]: planned() }).configured).toBe(true);
  });

  it("changes of a server of ours user and password alone, and keeps a reference", () => {
    const text = (password: string) =>
      `<settings><servers><server><id>fly</id><configuration/><password>${password}</password><username>alice</username></server></servers></settings>`;
    expect(plan({ [user]: text("old") }).changes[0]?.after).toContain(
      `<server><id>fly</id><configuration/><password>${token}</password><username>alice</username></server>`,
    );
    const draft = plan({ [user]: text("$" + "{env.MINE}") });
    expect([draft.variable, draft.changes[0]?.after?.includes("{env.MINE}")]).toEqual(["MINE", true]);
    expect(plan({ [user]: text("$" + "{env.MINE}") }, { style: "value" }).changes[0]?.after).toContain(token);
  });

  it("leaves `mvn deploy` to a profile of the user's that says where it goes", () => {
    const profile =
      "<profile><id>work</id><properties><altDeploymentRepository>w::https://w.example</altDeploymentRepository></properties></profile>";
    const text = (active: string) =>
      `<settings><profiles>${profile}</profiles><activeProfiles><activeProfile>${active}</activeProfile></activeProfiles></settings>`;
    const draft = plan({ [user]: text("work") });
    expect(draft.changes[0]?.after).not.toContain("fly::default");
    expect(draft.warnings.join()).toContain("the profile `work`");
    expect(plan({ [user]: text("other") }).changes[0]?.after).toContain("fly::default");
  });

  it("goes to the settings that MAVEN_ARGS names", () => {
    const env = { MAVEN_ARGS: "-B --settings '/projects/my settings.xml' -s /other.xml" };
    expect(Object.keys(written(plan({}, {}, { env })))).toEqual(["/projects/my settings.xml"]);
  });

  it("names the registry that a mirror of ours led to", () => {
    const draft = plan({ [user]: settings(mirror("fly", "external:*")) }, { mirrors: true });
    expect(draft.replaced_url).toBe("https://fly.example/maven");
    expect(draft.changes[0]?.after).toContain(mirror("fly", "external:*", url));
  });

  it.each<[string, Partial<Target>, Partial<Place>]>([
    ["a token in braces", { secret: new Secret("{abc}") }, {}],
    ["a user name with a reference", { username: "$" + "{user.name}" }, {}],
    ["a user name with a colon", { username: "a:b" }, {}],
  ])("refuses %s", (_, over, where) => {
    expect(refusalOf(() => plan({}, over, where))).toBe("invalid_input");
  });

  it("refuses a project, and a file of another kind", () => {
    expect(refusalOf(() => plan({}, {}, { scope: "project", project_dir: "/projects/app" }))).toBe(
      "unsupported",
    );
    expect(refusalOf(() => plan({ [user]: "<project/>" }))).toBe("file_unparsable");
  });
});

describe("which mirror Maven takes", () => {
  it.each([
    ["everything", "*", true],
    ["everything from outside", "external:*", true],
    ["our repository by name", "a,fly", true],
    ["everything but ours", "*,!fly", false],
    ["another repository", "internal", false],
    ["http alone", "external:http:*", false],
  ])("one for %s, before ours: shadowed is %3$s", (_, pattern, shadowed) => {
    const found = status({ [user]: withMirrors(mirror("nexus", pattern)) });
    expect([found.configured, found.shadowed_by.length > 0]).toEqual([!shadowed, shadowed]);
    if (shadowed) expect(found.shadowed_by[0]).toContain("The mirror `nexus`");
  });

  it("one that names central alone wins over ours wherever it stands, even in the installation's settings", () => {
    const found = status({
      [user]: planned({ mirrors: true }),
      [global]: settings(mirror("corp", "central")),
    });
    expect(found.shadowed_by.join()).toMatch(/`corp`.*`central`/);
    expect(status({ [user]: planned(), [global]: settings(mirror("corp", "central")) }).shadowed_by).toEqual(
      [],
    );
  });

  it("ours is asked before those of the installation", () => {
    const found = status({ [user]: planned({ mirrors: true }), [global]: settings(mirror("corp", "*")) });
    expect([found.configured, found.url, found.shadowed_by]).toEqual([true, url, []]);
  });

  it("reports it before anything is configured, because it would outrank what is written", () => {
    const found = status({ [user]: settings(mirror("nexus", "*")) });
    expect([found.configured, found.url]).toEqual([false, "https://nexus.example/maven"]);
    expect(found.shadowed_by).toHaveLength(1);
  });
});

describe("which settings Maven takes", () => {
  const project = { project_dir: "/projects/app" };
  const config = "/projects/app/.mvn/maven.config";

  it("reports a project whose arguments name another file, and MAVEN_ARGS with a relative one", () => {
    const files = { [user]: planned(), [config]: "-T1C\n--settings=ci/settings.xml\n" };
    const found = status(files, project);
    expect([found.configured, found.shadowed_by.join()]).toEqual([
      false,
      expect.stringMatching(/maven\.config.*ci\/settings\.xml/),
    ]);
    expect(status({ [user]: planned() }, { env: { MAVEN_ARGS: "-s mine.xml" } }).shadowed_by).toHaveLength(1);
    expect(status({ ...files, [config]: `-s\n${user}` }, project).shadowed_by).toEqual([]);
  });

  it("sends the user's password rather than the installation's, and of two with one id the last", () => {
    const server = (password: string) =>
      `<server><id>fly</id><username>bob</username><password>${password}</password></server>`;
    const text = planned().replace("</servers>", `${server("last")}</servers>`);
    const found = status({
      [user]: text,
      [global]: `<settings><servers>${server("global")}</servers></settings>`,
    });
    expect([found.username, found.secret?.reveal()]).toEqual(["bob", "last"]);
  });

  it("knows a reference that is set, one that is not, and an encrypted password", () => {
    const byReference = planned({ style: "reference" });
    const set = status({ [user]: byReference }, { env: { FLY_TOKEN: token } });
    expect([set.configured, set.secret?.reveal(), set.where, set.warnings]).toEqual([
      true,
      token,
      "FLY_TOKEN",
      [],
    ]);
    const unset = status({ [user]: byReference });
    expect([unset.configured, unset.secret, unset.warnings.join()]).toEqual([
      false,
      undefined,
      expect.stringContaining("FLY_TOKEN"),
    ]);
    const encrypted = status({ [user]: planned().replace(token, "{COQLCE6DU6GtcS5P=}") });
    expect([encrypted.configured, encrypted.warnings.join()]).toEqual([
      false,
      expect.stringContaining("encrypted"),
    ]);
  });

  it("does not take a profile for active that nobody activates", () => {
    const text = planned().replace(/<activeProfiles>.*<\/activeProfiles>/s, "");
    expect(status({ [user]: text }).configured).toBe(false);
    const byDefault = text.replace(
      "<repositories>",
      "<activation><activeByDefault>true</activeByDefault></activation>$&",
    );
    expect(status({ [user]: byDefault }).configured).toBe(true);
  });
});
