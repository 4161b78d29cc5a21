import { appType, defineResource } from "../resource.ts";

export const tokensPage = defineResource({
  name: "tokens-page",
  title: "Token table",
  description: "A table of the tokens that list_tokens has found, for hosts that show pages. It only shows.",
  uri: "ui://fly-tokens/tokens.html",
  mimeType: appType,
  audience: ["user"],
  priority: 0.2,
  // It is as old as this program.
  fresh: 300_000,
  like: "list_tokens",
  read: async () => (await import("./tokens-page/document.ts")).page,
});
