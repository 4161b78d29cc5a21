/** A story in which every tool does its work once and refuses once, told to whichever client calls. */
import { randomBytes } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { expect } from "vitest";
import { formatHeader } from "../../src/macaroon/header.ts";
import { mint } from "../../src/macaroon/mint.ts";
import type { CallTool, ToolResult } from "./agent.ts";

/** A token of nobody's Fly.io, which can be narrowed all the same. */
async function macaroonFile(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "fly-tokens-macaroon-")), "token");
  const caveats = [{ type: "Organization", body: { id: 1, mask: "rwcdC" } }];
  const macaroon = mint({ key: randomBytes(32), nonce: { kid: randomBytes(16) }, caveats });
  await writeFile(path, formatHeader([macaroon]), { mode: 0o600 });
  return path;
}

/** Which tools have succeeded and which have refused. */
export interface Told {
  succeeded: Set<string>;
  refused: Set<string>;
}

/** @throws when a tool does not answer as it should */
export async function tellEveryTool(call: CallTool): Promise<Told> {
  const told: Told = { succeeded: new Set(), refused: new Set() };
  const succeed = async (name: string, args: Record<string, unknown> = {}): Promise<ToolResult["data"]> => {
    const result = await call(name, args);
    expect(result, name).toMatchObject({ isError: false });
    told.succeeded.add(name);
    return result.data;
  };
  const refuse = async (name: string, args: Record<string, unknown>, code: string) => {
    expect(await call(name, args), name).toMatchObject({ isError: true, code });
    told.refused.add(name);
  };
  /** Where the client has no form, the plan comes back first. */
  const agree = async (name: string, args: Record<string, unknown>) => {
    const { confirmation } = (await succeed(name, args)).confirmation_required ?? {};
    if (confirmation === undefined) return;
    await succeed(name, { ...args, confirmation });
    await refuse(name, { ...args, confirmation }, "declined");
  };

  await succeed("get_status");
  await refuse("get_status", { verbose: true }, "invalid_input");
  await succeed("create_environment", { name: "production", description: "What customers see" });
  await refuse("create_environment", { name: "production" }, "conflict");
  const minted = await succeed("generate_token", { name: "ci", environment: "production", expires: "48h" });
  await refuse("generate_token", { name: "ci", expires: "soon" }, "invalid_input");
  const id = minted.token?.id ?? "";
  await succeed("list_tokens", { status: "active", expires_within: "7d" });
  await refuse("list_tokens", { sort: "colour" }, "invalid_input");
  await succeed("get_token", { id });
  await refuse("get_token", { id: "tok_unknown" }, "not_found");
  const from = `file:${await macaroonFile()}`;
  await succeed("restrict_token", { from, restrictions: { read_only: true } });
  await refuse("restrict_token", { from, restrictions: {} }, "invalid_input");
  await succeed("configure_package_manager", { manager: "npm" });
  await refuse("configure_package_manager", { manager: "brew" }, "not_found");
  await succeed("check_package_manager");
  await refuse("check_package_manager", { manager: "brew" }, "not_found");
  await succeed("find_leaks", { paths: ["~/.npmrc"] });
  await refuse("find_leaks", { paths: ["moon"] }, "not_found");
  await succeed("restore_package_manager", { manager: "npm" });
  await refuse("restore_package_manager", { manager: "npm" }, "not_found");
  await agree("rotate_token", { id, deliver_to: "inline" });
  await refuse("rotate_token", { id }, "conflict");
  await agree("revoke_token", { ids: [id] });
  await refuse("revoke_token", {}, "invalid_input");
  await agree("delete_token", { ids: [id] });
  await refuse("delete_token", { ids: [id], confirmation: "confirm_made_up" }, "declined");
  await succeed("describe_environment", { name: "production" });
  await refuse("describe_environment", { name: "moon" }, "not_found");
  return told;
}

/** Checks each success against the schema that was advertised for it. */
export function validating(
  call: CallTool,
  listed: readonly { name: string; outputSchema?: unknown }[],
): CallTool {
  const validators = new AjvJsonSchemaValidator();
  return async (name, args) => {
    const result = await call(name, args);
    const schema = listed.find((tool) => tool.name === name)?.outputSchema;
    if (!result.isError)
      expect(validators.getValidator(schema as object)(result.data), name).toMatchObject({ valid: true });
    return result;
  };
}
