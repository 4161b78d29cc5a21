/**
 * Calls that are wrong in one way or two, as agents make them, and what is right then. `$id` is the token `ci-bot`, `$old` the
 * revoked `old-bot`; the world around them is `stage.ts`.
 */
export interface WrongCall {
  what: string;
  tool: string;
  args: Readonly<Record<string, unknown>>;
  /** What the user has said. */
  facts?: Readonly<Record<string, unknown>>;
  /** Whether the user agrees to a plan; they do not when it is absent. */
  agrees?: true;
  /** `person`: the right place to stop, with what the person must be told. */
  ends: "success" | "person";
  /** What stands in the last call's arguments then, or in what is said. */
  with?: Readonly<Record<string, unknown>>;
  says?: RegExp;
  stage?:
    | "read-only"
    | "several issuers"
    | "no inline secrets"
    | "protected"
    | "approval"
    | "busy"
    | "short lives"
    | "down"
    | "late"
    | "tracked";
}

const name = "deploy";

export const wrongCalls: readonly WrongCall[] = [
  // Names of arguments.
  {
    what: "misspelt argument",
    tool: "generate_token",
    args: { name, permision: "read_write" },
    ends: "success",
    with: { permission: "read_write" },
  },
  {
    what: "camel case",
    tool: "list_tokens",
    args: { createdBy: "admin" },
    ends: "success",
    with: { created_by: "admin" },
  },
  {
    what: "another word for it",
    tool: "configure_package_manager",
    args: { package_manager: "npm" },
    ends: "success",
    with: { manager: "npm" },
  },
  {
    what: "a longer name",
    tool: "get_token",
    args: { token_id: "$id" },
    ends: "success",
    with: { id: "$id" },
  },
  {
    what: "a shorter name",
    tool: "list_tokens",
    args: { expires: "30d" },
    ends: "success",
    with: { expires_within: "30d" },
  },
  {
    what: "one where several are wanted",
    tool: "revoke_token",
    args: { id: "$id" },
    agrees: true,
    ends: "success",
    with: { ids: ["$id"] },
  },
  {
    what: "several where one is wanted",
    tool: "rotate_token",
    args: { ids: ["$id"], deliver_to: "inline" },
    agrees: true,
    ends: "success",
    with: { id: "$id" },
  },
  {
    what: "misspelt in a filter",
    tool: "revoke_token",
    args: { filter: { createdby: "admin" } },
    ends: "person",
    with: { filter: { created_by: "admin" } },
    says: /Revoke ci-bot/,
  },
  {
    what: "an argument that there is not",
    tool: "describe_environment",
    args: { name: "production", verbose: true },
    ends: "success",
    with: { name: "production" },
  },
  {
    what: "a path where several are wanted",
    tool: "find_leaks",
    args: { path: "web" },
    ends: "success",
    with: { paths: ["web"] },
  },
  {
    what: "two mistakes",
    tool: "generate_token",
    args: { nme: name, permission: "readonly" },
    ends: "success",
    with: { name, permission: "read_only" },
  },
  // Values.
  {
    what: "value of an enumeration",
    tool: "generate_token",
    args: { name, permission: "readwrite" },
    ends: "success",
    with: { permission: "read_write" },
  },
  {
    what: "value that may mean anything",
    tool: "generate_token",
    args: { name, permission: "admin" },
    ends: "person",
    says: /read_only, read_write/,
  },
  {
    what: "value that the user settles",
    tool: "list_tokens",
    args: { status: "valid" },
    facts: { status: "active" },
    ends: "success",
    with: { status: "active" },
  },
  {
    what: "scope of npm's own",
    tool: "configure_package_manager",
    args: { manager: "npm", scope: "global" },
    facts: { scope: "user" },
    ends: "success",
    with: { scope: "user" },
  },
  {
    what: "short name of a delivery",
    tool: "generate_token",
    args: { name, deliver_to: "envfile" },
    ends: "success",
    with: { deliver_to: "env_file" },
  },
  {
    what: "life in words",
    tool: "generate_token",
    args: { name, expires: "30 days" },
    ends: "success",
    with: { expires: "30d" },
  },
  {
    what: "life in months",
    tool: "generate_token",
    args: { name, expires: "3 months" },
    ends: "success",
    with: { expires: "90d" },
  },
  {
    what: "date in the past",
    tool: "generate_token",
    args: { name, expires: "2020-01-31" },
    ends: "person",
    says: /past/,
  },
  {
    what: "date that there is not",
    tool: "generate_token",
    args: { name, expires: "2030-02-30" },
    ends: "person",
    says: /not a date/,
  },
  {
    what: "words for a date",
    tool: "generate_token",
    args: { name, expires: "next friday" },
    facts: { expires: "7d" },
    ends: "success",
    with: { expires: "7d" },
  },
  {
    what: "length of time in words",
    tool: "list_tokens",
    args: { expires_within: "2 weeks" },
    ends: "success",
    with: { expires_within: "2w" },
  },
  {
    what: "how long the old one lives, in words",
    tool: "rotate_token",
    args: { id: "$id", keep_old_for: "1 day", deliver_to: "inline" },
    agrees: true,
    ends: "success",
    with: { keep_old_for: "1d" },
  },
  {
    what: "number beyond the limit",
    tool: "list_tokens",
    args: { limit: 5000 },
    ends: "success",
    with: { limit: 200 },
  },
  {
    what: "number as text",
    tool: "list_tokens",
    args: { limit: "20" },
    ends: "success",
    with: { limit: 20 },
  },
  {
    what: "truth as text",
    tool: "configure_package_manager",
    args: { manager: "npm", dry_run: "true" },
    ends: "success",
    with: { dry_run: true },
  },
  {
    what: "name with capitals and blanks",
    tool: "create_environment",
    args: { name: "Load Tests" },
    ends: "success",
    with: { name: "load-tests" },
  },
  { what: "cursor of nowhere", tool: "list_tokens", args: { cursor: "page2" }, ends: "success", with: {} },
  // What is not there.
  {
    what: "nothing given, name known",
    tool: "generate_token",
    args: {},
    facts: { name },
    ends: "success",
    with: { name },
  },
  {
    what: "nothing given, name not known",
    tool: "generate_token",
    args: {},
    ends: "person",
    says: /name is missing/,
  },
  {
    what: "no path for a file",
    tool: "generate_token",
    args: { name, deliver_to: "file" },
    facts: { deliver_path: "token.txt" },
    ends: "success",
    with: { deliver_path: "token.txt" },
  },
  {
    what: "a path without a delivery",
    tool: "generate_token",
    args: { name, deliver_path: "token.txt" },
    facts: { deliver_to: "file" },
    ends: "success",
    with: { deliver_to: "file", deliver_path: "token.txt" },
  },
  {
    what: "nothing says what to revoke",
    tool: "revoke_token",
    args: {},
    facts: { name: "ci-bot" },
    ends: "person",
    with: { ids: ["$id"] },
    says: /Revoke ci-bot/,
  },
  {
    what: "nothing says what to undo",
    tool: "restore_package_manager",
    args: {},
    facts: { manager: "npm" },
    ends: "person",
    says: /no such edit/,
  },
  // What nobody knows.
  {
    what: "unknown id",
    tool: "get_token",
    args: { id: "tok_nobody" },
    facts: { name: "ci-bot" },
    ends: "success",
    with: { id: "$id" },
  },
  {
    what: "a name where the id is wanted",
    tool: "get_token",
    args: { name: "ci-bot" },
    facts: { name: "ci-bot" },
    ends: "success",
    with: { id: "$id" },
  },
  {
    what: "unknown id to rotate",
    tool: "rotate_token",
    args: { id: "ci-bot", deliver_to: "inline" },
    facts: { name: "ci-bot" },
    agrees: true,
    ends: "success",
    with: { id: "$id" },
  },
  {
    what: "misspelt manager",
    tool: "configure_package_manager",
    args: { manager: "nmp" },
    ends: "success",
    with: { manager: "npm" },
  },
  {
    what: "manager of a system",
    tool: "configure_package_manager",
    args: { manager: "apt-get" },
    ends: "person",
    says: /package manager "apt-get"/,
  },
  {
    what: "misspelt manager to check",
    tool: "check_package_manager",
    args: { manager: "dokcer" },
    ends: "success",
    with: { manager: "docker" },
  },
  {
    what: "misspelt environment",
    tool: "generate_token",
    args: { name, environment: "prodution" },
    ends: "success",
    with: { environment: "production" },
  },
  {
    what: "short name of an environment",
    tool: "describe_environment",
    args: { name: "prod" },
    ends: "success",
    with: { name: "production" },
  },
  {
    what: "unknown environment",
    tool: "generate_token",
    args: { name, environment: "moon" },
    ends: "person",
    says: /moon/,
  },
  {
    what: "environment of a set-up",
    tool: "configure_package_manager",
    args: { manager: "npm", environment: "Production" },
    ends: "success",
    with: { environment: "production" },
  },
  {
    what: "environment that exists",
    tool: "create_environment",
    args: { name: "production" },
    ends: "person",
    says: /production/,
  },
  {
    what: "unknown restore_id",
    tool: "restore_package_manager",
    args: { restore_id: "r_1" },
    ends: "person",
    says: /no such edit/,
  },
  {
    what: "folder that there is not",
    tool: "configure_package_manager",
    args: { manager: "npm", scope: "project", project_dir: "wbe" },
    facts: { project_dir: "web" },
    ends: "success",
    with: { project_dir: "web" },
  },
  {
    what: "scope that only npm knows",
    tool: "configure_package_manager",
    args: { manager: "pip", npm_scope: "@acme" },
    ends: "success",
    with: { manager: "pip" },
  },
  // Secrets.
  {
    what: "secret as an argument",
    tool: "configure_package_manager",
    args: { manager: "npm", token: "flyt_not-really-a-token" },
    ends: "success",
    with: { manager: "npm" },
  },
  {
    what: "secret as a reference",
    tool: "configure_package_manager",
    args: { manager: "npm", token_from: "flyt_not-really-a-token" },
    ends: "person",
    says: /never given as text/,
  },
  {
    what: "variable that is not set",
    tool: "configure_package_manager",
    args: { manager: "npm", token_from: "env:NOT_SET" },
    ends: "person",
    says: /nothing at env:NOT_SET/,
  },
  {
    what: "file in git",
    tool: "generate_token",
    args: { name, deliver_to: "env_file", deliver_path: "web/.env" },
    stage: "tracked",
    ends: "person",
    says: /git/,
  },
  // What an issuer cannot do, or who is meant.
  {
    what: "misspelt issuer",
    tool: "list_tokens",
    args: { provider: "locl" },
    ends: "success",
    with: { provider: "local" },
  },
  {
    what: "issuer that is not configured",
    tool: "list_tokens",
    args: { provider: "jfrog" },
    ends: "person",
    says: /not configured/,
  },
  {
    what: "several issuers, none named",
    tool: "list_tokens",
    args: {},
    stage: "several issuers",
    ends: "person",
    says: /Several providers/,
  },
  {
    what: "several issuers, the user knows which",
    tool: "list_tokens",
    args: {},
    facts: { provider: "local" },
    stage: "several issuers",
    ends: "success",
    with: { provider: "local" },
  },
  {
    what: "ability of another issuer",
    tool: "restrict_token",
    args: { from: "$id", restrictions: { read_only: true } },
    ends: "person",
    says: /.../,
  },
  {
    what: "Fly.io's arguments elsewhere",
    tool: "generate_token",
    args: { name, provider: "local", flyio: { app: "web" } },
    ends: "success",
    with: { name, provider: "local" },
  },
  // What the operator decides.
  {
    what: "read-only server",
    tool: "generate_token",
    args: { name },
    stage: "read-only",
    ends: "person",
    says: /generate_token/,
  },
  {
    what: "no secrets in results",
    tool: "generate_token",
    args: { name },
    stage: "no inline secrets",
    facts: { deliver_path: "token.txt" },
    ends: "success",
    with: { deliver_to: "file", deliver_path: "token.txt" },
  },
  {
    what: "longer than the operator allows",
    tool: "generate_token",
    args: { name, expires: "90d" },
    stage: "short lives",
    ends: "success",
    with: { expires: "7d" },
  },
  {
    what: "protected environment",
    tool: "generate_token",
    args: { name, environment: "production" },
    stage: "protected",
    ends: "person",
    says: /production/,
  },
  {
    what: "approval at a terminal",
    tool: "revoke_token",
    args: { ids: ["$id"] },
    stage: "approval",
    agrees: true,
    ends: "person",
    says: /fly-tokens approve/,
  },
  // Consent.
  {
    what: "consent that the model claims",
    tool: "revoke_token",
    args: { ids: ["$id"], confirm: true },
    ends: "person",
    says: /Revoke ci-bot/,
  },
  {
    what: "confirmation made up",
    tool: "revoke_token",
    args: { ids: ["$id"], confirmation: "confirm_00" },
    ends: "person",
    says: /Revoke ci-bot/,
  },
  {
    what: "confirmation that is too old",
    tool: "revoke_token",
    args: { ids: ["$id"], confirmation: "$confirmation" },
    stage: "late",
    agrees: true,
    ends: "success",
    with: { ids: ["$id"] },
  },
  // The network.
  { what: "too many requests", tool: "list_tokens", args: {}, stage: "busy", ends: "success", with: {} },
  {
    what: "issuer that does not answer",
    tool: "list_tokens",
    args: {},
    stage: "down",
    ends: "person",
    says: /./,
  },
];
