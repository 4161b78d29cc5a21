/** What state a token is in: by a word and a sign, and by colour for who sees it. */
import type { TokenStatus } from "../../tokens.ts";

const statuses = {
  active: { word: "Active", sign: "●", colour: "good" },
  expired: { word: "Expired", sign: "○", colour: "" },
  revoked: { word: "Revoked", sign: "✕", colour: "bad" },
} as const;

export function Status({ of }: { of: TokenStatus }) {
  const { word, sign, colour } = statuses[of];
  return (
    <span class={`pill ${colour}`}>
      <span aria-hidden="true">{sign}</span>
      {word}
    </span>
  );
}
