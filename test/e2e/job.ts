/** What a person asks their agent for: set it up, mint, revoke, check, undo. Each has to succeed. */
import { expect } from "vitest";
import type { Agent } from "./agent.ts";

type Permission = "read_only" | "read_write";

/** @returns the id of the token that was minted for it */
export async function setUp(
  agent: Agent,
  manager: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const { isError, text, data } = await agent.call("configure_package_manager", { manager, ...args });
  expect(isError, text).toBe(false);
  expect(data.verified).toMatchObject({ ok: true });
  return data.token?.id ?? "";
}

export async function mint(agent: Agent, permission: Permission, more: Record<string, unknown> = {}) {
  const { token, credential } = (await agent.call("generate_token", { name: "by hand", permission, ...more }))
    .data;
  return { id: token?.id ?? "", username: credential?.username ?? "", token: credential?.token ?? "" };
}

export async function revoke(agent: Agent, ids: string[]): Promise<void> {
  const { confirmation } = (await agent.call("revoke_token", { ids })).data.confirmation_required ?? {};
  const done = await agent.call("revoke_token", { ids, confirmation });
  expect(done.data.outcomes).toMatchObject(ids.map((id) => ({ id, outcome: "revoked" })));
}

export async function check(
  agent: Agent,
  manager: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  return (await agent.call("check_package_manager", { manager, ...args })).text;
}

export async function restore(agent: Agent, manager: string): Promise<void> {
  const { isError, text } = await agent.call("restore_package_manager", { manager });
  expect(isError, text).toBe(false);
}
