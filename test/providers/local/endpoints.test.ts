import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { Problem } from "../../../src/problem.ts";
import { endpointOf } from "../../../src/providers/local/endpoints.ts";
import { type Ecosystem, ecosystems } from "../../../src/providers/provider.ts";

function configured(endpoints = "", gateway = "") {
  const env = { FLY_TOKENS_LOCAL_ENDPOINTS: endpoints, FLY_TOKENS_GATEWAY: gateway };
  return loadConfig({ flags: {}, env, cwd: "/nowhere", home: "/users/alice", platform: "linux" });
}

function refusal(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("was not refused");
}

describe("where an ecosystem is", () => {
  it.each<[Ecosystem, string]>([
    ["npm", "http://127.0.0.1:7411/artifactory/api/npm/npm/"],
    ["pypi", "http://127.0.0.1:7411/artifactory/api/pypi/pypi/simple"],
    ["docker", "127.0.0.1:7411"],
    ["maven", "http://127.0.0.1:7411/artifactory/maven"],
    ["generic", "http://127.0.0.1:7411/artifactory/api/generic"],
  ])("%s: at the registry itself", (ecosystem, url) => {
    expect(endpointOf(ecosystem, configured())).toMatchObject({ ecosystem, url });
  });

  it("is elsewhere for what the setting names, with the slash that its clients want", () => {
    const config = configured(
      " go = https://go.example/proxy/ , cargo=https://crates.example/index/,npm=http://localhost:4873,docker=https://images.example:5000",
    );
    expect(endpointOf("go", config).url).toBe("https://go.example/proxy");
    expect(endpointOf("cargo", config).url).toBe("https://crates.example/index/");
    expect(endpointOf("npm", config)).toEqual({
      ecosystem: "npm",
      url: "http://localhost:4873/",
      mirrors: false,
    });
    expect(endpointOf("docker", config)).toMatchObject({ url: "images.example:5000" });
    expect(endpointOf("pypi", config).url).toContain("127.0.0.1:7411");
  });

  it("docker: at the registry behind the gateway, which may send logins to the issuer", () => {
    expect(endpointOf("docker", configured("", "docker=https://images.example:5000"))).toEqual({
      ecosystem: "docker",
      url: "images.example:5000",
      mirrors: false,
      issuer: "http://127.0.0.1:7411",
    });
    const both = configured("docker=https://mirror.example", "docker=https://images.example");
    expect(endpointOf("docker", both).url).toBe("mirror.example");
    expect(endpointOf("npm", configured("", "npm=https://npm.example")).url).toContain("127.0.0.1:7411");
    const plain = configured("", "docker=http://images.example");
    expect(refusal(() => endpointOf("docker", plain)).code).toBe("unsafe_location");
  });

  it("is nowhere for the others, and the fix says how to name one", () => {
    const others = ecosystems.filter((one) => !["npm", "pypi", "docker", "maven", "generic"].includes(one));
    for (const ecosystem of others) {
      const { code, fix } = refusal(() => endpointOf(ecosystem, configured()));
      expect([code, fix]).toEqual(["unsupported", expect.stringContaining(`${ecosystem}=URL`)]);
    }
  });

  it("is never a place that a token may not travel to", () => {
    const config = configured("go=http://go.example");
    expect(refusal(() => endpointOf("go", config)).code).toBe("unsafe_location");
  });

  it.each(["golang=https://go.example", "go", "go=", "go=go.example", "go=https://ann:pw@go.example", "=x"])(
    "is not taken from %j",
    (text) => {
      const problem = refusal(() => endpointOf("go", configured(text)));
      expect(problem.code).toBe("not_configured");
      expect(problem.message).toContain("FLY_TOKENS_LOCAL_ENDPOINTS");
      expect(problem.message).not.toContain("pw");
    },
  );
});
