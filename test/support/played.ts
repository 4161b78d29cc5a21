/** A client that agrees to whatever it is asked, and keeps which tools have succeeded and which have failed. */
import type { ToolResult } from "./world.ts";

type Call = (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;

export interface Played {
  call: Call;
  succeeded: Set<string>;
  failed: Set<string>;
}

/** @param told of every result, also of a plan that is then agreed to */
export function played(call: Call, told: (result: ToolResult) => Promise<void> | void): Played {
  const [succeeded, failed] = [new Set<string>(), new Set<string>()];
  const play: Call = async (name, args) => {
    const result = await call(name, args);
    await told(result);
    (result.isError ? failed : succeeded).add(name);
    const { confirmation_required: plan } = result.data as {
      confirmation_required?: { confirmation: string };
    };
    return plan ? play(name, { ...args, confirmation: plan.confirmation }) : result;
  };
  return { call: play, succeeded, failed };
}

/** The value that a result shows. */
export function shownIn({ data }: ToolResult): string | undefined {
  return (data as { credential?: { token: string } }).credential?.token;
}
