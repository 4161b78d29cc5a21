/** The borders of docs/architecture.md, as a test: who may import whom, and how large a file may be. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Read from the top: arrows only point down. A room may always import from itself. */
const mayImport: Record<string, readonly string[]> = {
  main: ["commands", "config", "log", "problem", "seams", "secret"],
  commands: ["*"],
  mcp: [
    "digest",
    "in-time",
    "tool",
    "offer (type)",
    "prompt",
    "resource",
    "completion",
    "context (type)",
    "callers",
    "json",
    "nearest",
    "problem",
    "remote",
    "secret",
    "stop-server",
  ],
  tools: [
    "tool",
    "offer (type)",
    "problem",
    "expiry",
    "path",
    "remote",
    "minting",
    "token-plan",
    "setup",
    "rotation",
    "leaks",
    "context (type)",
    "delivery/delivery (type)",
    "delivery/destination",
    "providers/shapes",
    "providers/provider (type)",
    "package-managers/package-manager (type)",
  ],
  prompts: ["prompt"],
  resources: [
    "resource",
    "html",
    "completion/issuers",
    "problem",
    "secret",
    "providers/shapes",
    "providers/provider (type)",
    "package-managers/package-manager (type)",
    "disk/change (type)",
  ],
  completion: [
    "in-time",
    "expiry",
    "problem",
    "context (type)",
    "providers/provider (type)",
    "providers/choose (type)",
  ],
  rotation: [
    "problem",
    "secret",
    "fingerprints",
    "expiry",
    "path",
    "remote",
    "minting",
    "token-plan",
    "policy/policy (type)",
    "setup",
    "state",
    "context (type)",
    "ledger (type)",
    "disk/disk (type)",
    "tool (type)",
    "delivery/delivery (type)",
    "delivery/outlet (type)",
    "providers/provider (type)",
    "providers/shapes",
    "package-managers/package-manager (type)",
  ],
  leaks: [
    "problem",
    "secret",
    "fingerprints",
    "path",
    "run (type)",
    "context (type)",
    "ledger (type)",
    "providers/provider (type)",
    "macaroon",
    "registry/credential",
  ],
  setup: [
    "loopback",
    "nearest",
    "problem",
    "secret",
    "fingerprints",
    "minting",
    "remote",
    "context (type)",
    "issued (type)",
    "ledger (type)",
    "disk/disk (type)",
    "disk/change (type)",
    "providers/provider (type)",
    "package-managers/package-manager (type)",
    "path",
  ],
  "credential-helper": [
    "secret",
    "disk/change (type)",
    "disk/disk (type)",
    "package-managers/edit",
    "package-managers/store",
  ],
  audit: ["json", "problem", "secret", "disk/lock", "disk/refusals", "disk/replace"],
  context: [
    "config (type)",
    "audit",
    "seams (type)",
    "seal",
    "state",
    "confirmations",
    "issued",
    "keychain",
    "ledger",
    "minting",
    "open-ends",
    "policy",
    "remote",
    "rotation/record",
    "path",
    "run",
    "version",
    "providers",
    "package-managers",
    "delivery",
    "disk",
  ],
  providers: [
    "loopback",
    "nearest",
    "problem",
    "secret",
    "expiry (type)",
    "config (type)",
    "seams (type)",
    "state/state (type)",
    "providers/local",
    "providers/flyio",
    "providers/jfrog",
  ],
  "providers/local": [
    "loopback",
    "nearest",
    "problem",
    "secret",
    "config (type)",
    "seams (type)",
    "providers",
    "registry/serve",
    "registry/store/artifacts (type)",
  ],
  "providers/flyio": [
    "problem",
    "secret",
    "expiry",
    "config (type)",
    "seams (type)",
    "providers",
    "macaroon",
    "state",
  ],
  "providers/jfrog": ["json", "problem", "secret", "config (type)", "seams (type)", "providers", "state"],
  "package-managers": [
    "loopback",
    "formats",
    "problem",
    "secret",
    "run (type)",
    "disk/change (type)",
    "disk/disk (type)",
  ],
  "mcp-clients": [
    "formats",
    "problem",
    "package-managers/edit",
    "package-managers/undo",
    "disk/change (type)",
    "disk/disk (type)",
  ],
  minting: [
    "problem",
    "secret (type)",
    "context (type)",
    "delivery/delivery (type)",
    "delivery/outlet (type)",
    "policy/policy (type)",
    "providers/provider (type)",
  ],
  delivery: [
    "loopback",
    "html",
    "same-text",
    "formats",
    "disk/change (type)",
    "package-managers/edit",
    "disk/disk (type)",
    "problem",
    "secret",
    "run (type)",
    "providers/provider (type)",
    "package-managers/docker/pull-secret",
  ],
  policy: ["problem", "expiry", "delivery/destination", "config (type)", "providers/provider (type)"],
  "token-plan": ["problem", "expiry", "tool (type)"],
  ledger: [
    "secret",
    "fingerprints",
    "state",
    "delivery/delivery (type)",
    "providers/provider (type)",
    "providers/shapes",
  ],
  "open-ends": ["delivery/delivery (type)"],
  keychain: ["problem", "secret", "seams (type)", "delivery/delivery (type)"],
  state: [
    "json",
    "problem",
    "seal (type)",
    "secret (type)",
    "disk/lock",
    "disk/refusals",
    "disk/replace",
    "registry/store/database (type)",
    // Loaded when a replica first needs it.
    "registry/store/postgres/open",
    "registry/store/postgres/lock",
    "registry/store/postgres/faults",
  ],
  disk: ["problem", "secret", "run (type)"],
  macaroon: ["problem"],
  callers: [
    "loopback",
    "json",
    "nearest",
    "problem",
    "secret",
    "disk/replace",
    "config (type)",
    "seams (type)",
  ],
  registry: ["in-time", "loopback", "html", "problem", "same-text", "secret", "stop-server", "version"],
  config: ["expiry", "json", "problem", "secret"],
  confirmations: [
    "digest",
    "json",
    "problem",
    "seal (type)",
    "tool (type)",
    "state/once (type)",
    "disk/refusals",
  ],
  log: ["problem", "secret"],
  seams: ["run"],
  issued: ["secret (type)"],
  expiry: ["problem"],
  path: ["problem"],
  remote: ["problem", "config (type)", "context (type)", "seams (type)"],
  run: ["problem"],
  tool: ["context (type)", "secret (type)"],
  offer: ["tool (type)"],
  digest: [],
  fingerprints: ["secret"],
  formats: [],
  html: [],
  "in-time": [],
  json: [],
  loopback: [],
  nearest: [],
  "same-text": [],
  "stop-server": [],
  prompt: ["completion/source (type)"],
  resource: ["completion/source (type)", "context (type)"],
  problem: [],
  secret: [],
  seal: ["json", "secret"],
  version: [],
};

interface Import {
  file: string;
  target: string;
  type: boolean;
}

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name).replaceAll("\\", "/"));
}

const sources = ["src", "tools", "prompts"].flatMap(files);
const own = sources.filter((file) => !file.endsWith(".generated.ts"));
const text = (file: string) => readFileSync(join(root, file), "utf8");

function imports(file: string): Import[] {
  const found = [
    ...text(file).matchAll(/(import|export)\s+(type\s+)?([^"';]*?)\s*from\s+"([^"]+)"|import\("([^"]+)"\)/g),
  ];
  return found.map(([, , type, names = "", from, dynamic]) => ({
    file,
    target: from ?? dynamic ?? "",
    type: type !== undefined || /^\{(\s*type\s+\w+( as \w+)?,?)+\s*\}$/.test(names),
  }));
}

/** The room of a file: its folder below src, or its own name. */
function roomOf(file: string): string {
  const path = file.replace(/^src\//, "").replace(/\.tsx?$/, "");
  const [provider] = /^providers\/(local|flyio|jfrog)(?=\/)/.exec(path) ?? [];
  if (provider !== undefined) return provider;
  return path.split("/")[0] ?? path;
}

/** What a file imports although the table does not let its room. */
function trespasses(file: string): string[] {
  const room = roomOf(file);
  const allowed = mayImport[room] ?? [];
  const relatives = imports(file).filter(({ target }) => target.startsWith("."));
  return relatives.flatMap(({ target, type }) => {
    const path = relative(root, resolve(root, dirname(file), target)).replaceAll("\\", "/");
    const names = [roomOf(path), path.replace(/^src\//, "").replace(/\.tsx?$/, "")];
    const fine =
      path === "package.json" ||
      names.includes(room) ||
      allowed.includes("*") ||
      names.some((name) => allowed.includes(name) || (type && allowed.includes(`${name} (type)`)));
    return fine ? [] : [`${file} imports ${path}${type ? " (type)" : ""}`];
  });
}

describe("who imports whom", () => {
  it("every room is in the table", () => {
    expect([...new Set(sources.map(roomOf))].filter((room) => !(room in mayImport))).toEqual([]);
  });

  it("nobody imports what the table does not let them", () => {
    expect(sources.flatMap(trespasses)).toEqual([]);
  });

  it("notices a trespass", () => {
    expect(imports("src/context.ts").length).toBeGreaterThan(5);
    expect(mayImport.formats).toEqual([]);
  });
});

describe("what only some may use", () => {
  const users = (pattern: RegExp) => own.filter((file) => pattern.test(text(file)));

  it("the MCP SDK: the room mcp", () => {
    expect(users(/from "@modelcontextprotocol/).filter((file) => !file.startsWith("src/mcp/"))).toEqual([]);
  });

  it("the SDK of S3: two files of the registry's store", () => {
    expect(users(/from "@aws-sdk/)).toEqual([
      "src/registry/store/bucket/connect.ts",
      "src/registry/store/bucket/objects.ts",
    ]);
  });

  it("the file system: the disk, the registry's store, and those that keep files of our own", () => {
    const allowed =
      /^src\/(disk|registry|state|leaks|audit|commands\/(demo|macaroon|login))\b|^src\/(config|callers\/local-bearer|policy\/index|confirmations\/stored|path|run|setup\/token-from|setup\/choose)\.ts$|^src\/providers\/(local\/link|flyio\/login|jfrog\/login)\.ts$|^src\/package-managers\/docker\//;
    expect(users(/from "node:fs(\/promises)?"/).filter((file) => !allowed.test(file))).toEqual([]);
  });

  it("a secret's value: where it leaves for the place it is meant for", () => {
    // A package manager's own file puts it into the file that the client reads, and into the request that proves it.
    const manager = /^src\/package-managers\/[\w-]+\.ts$/;
    const others = users(/\.reveal\(\)/).filter((file) => !manager.test(file));
    expect(others.sort()).toEqual([
      "src/callers/bearers.ts", // hashed
      "src/callers/local-bearer.ts", // the file that it is kept in
      "src/commands/caller.ts", // shown once, to who made it
      "src/commands/demo/clients.ts", // the demo's own uploads
      "src/commands/login.ts", // the file that the login is for
      "src/credential-helper/cargo.ts", // clients that ask for their login
      "src/credential-helper/docker.ts",
      "src/credential-helper/keyring.ts",
      "src/credential-helper/pnpm.ts",
      "src/delivery/env-file.ts",
      "src/delivery/file.ts",
      "src/delivery/fly-secrets.ts", // on stdin
      "src/delivery/github/api.ts", // the Authorization header, and sealed
      "src/delivery/github/gh.ts", // on stdin
      "src/delivery/reveal/pages.ts", // the one page that shows it
      "src/fingerprints.ts", // hashed
      "src/keychain.ts",
      "src/mcp/redact.ts", // the one frame that was asked for
      "src/package-managers/composer/login.ts",
      "src/package-managers/docker/credential-helper.ts", // on stdin
      "src/package-managers/docker/keeper.ts", // the file that the client reads
      "src/package-managers/docker/login.ts", // on stdin
      "src/package-managers/docker/pull-secret.ts", // for a cluster
      "src/package-managers/docker/status.ts", // compared
      "src/package-managers/docker/target.ts", // checked
      "src/package-managers/docker/verify.ts",
      "src/package-managers/netrc/first-match.ts",
      "src/package-managers/npm/status.ts", // compared
      "src/package-managers/npm/target.ts", // checked
      "src/package-managers/npm/verify.ts", // the Authorization header
      "src/package-managers/nuget/verify.ts", // the Authorization header
      "src/package-managers/podman/status.ts", // compared
      "src/package-managers/terraform/plan.ts",
      "src/providers/flyio/authorization.ts", // the Authorization header
      "src/providers/flyio/registries.ts", // the registry's password
      "src/providers/jfrog/credential.ts", // checked
      "src/providers/jfrog/foreign.ts", // whose it is
      "src/providers/jfrog/issue.ts", // hashed
      "src/providers/jfrog/jwt.ts", // what it says of itself
      "src/providers/jfrog/session.ts", // the Authorization header
      "src/providers/local/endpoints.ts", // an address, of which only the host is used
      "src/providers/local/index.ts", // introspection
      "src/providers/local/link.ts", // the Authorization header
      "src/providers/local/proof.ts", // hashed
      "src/registry/gateway/docker/bearer.ts", // compared
      "src/registry/gateway/docker/index.ts", // an address, of which only the host is used
      "src/registry/gateway/exchange.ts", // the Authorization header to what is behind
      "src/registry/gateway/upstream.ts", // taken apart
      "src/registry/store/bucket/connect.ts", // the bucket's client
      "src/registry/store/postgres/connection.ts", // the database's driver
      "src/rotation/places.ts", // the old one's, noted until every place has the new one's
      "src/rotation/successor.ts", // noted until every place has it
      "src/seal.ts", // keys are derived from it
      "src/secret.ts",
      "src/setup/token-from.ts", // read as any other place
    ]);
  });

  it("the process's end: main", () => {
    expect(users(/process\.exit(Code)?\b/)).toEqual(["src/main.ts"]);
  });
});

describe("the size of files", () => {
  const lines = own
    .map((file) => ({ file, lines: text(file).split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines);

  it("has a median of at most 80 lines", () => {
    expect(lines[Math.floor(lines.length / 2)]?.lines).toBeLessThanOrEqual(80);
  });

  it("is at most 200 lines for nine of ten", () => {
    expect(lines[Math.floor(lines.length * 0.9)]?.lines).toBeLessThanOrEqual(200);
  });

  it("is never more than 350 lines", () => {
    expect(lines.filter((one) => one.lines > 350)).toEqual([]);
  });
});

it("no room is called utils, helpers, common or types", () => {
  expect(
    sources.filter((file) => /(^|\/)(utils?|helpers?|common|internal|types)(\/|\.ts$)/.test(file)),
  ).toEqual([]);
});

it("names no registry's host and no path of a machine", () => {
  const everything = [
    ...sources,
    ...files("test"),
    ...files("scripts"),
    ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join("docs", name)),
    "README.md",
    "CHANGELOG.md",
    "Dockerfile",
    "manifest.json",
    "package-lock.json",
    "package.json",
  ];
  // In pieces, so that this file does not name them either.
  const hosts = [
    ["registry", "npmjs"],
    ["files", ["python", "hosted"].join("")],
    ["pypi", "org"],
    ["crates", "io"],
    ["docker", "io"],
    ["nuget", "org"],
    ["packagist", "org"],
    ["proxy", "golang", "org"],
  ]
    .map((labels) => labels.join("\\."))
    .join("|");
  const forbidden = new RegExp(`${hosts}|"resolved"\\s*:`);
  expect(everything.filter((file) => forbidden.test(text(file)))).toEqual([]);
});
