/** What an argument of a prompt, or the variable of a resource, can be completed from. */
export type Source =
  | "environments"
  | "tokens"
  | "people"
  | "package_managers"
  | "package_manager"
  | "permissions"
  | "lifetimes"
  | "periods"
  | "yes";

/**
 * The tool that shows what a source tells of: who may not call that one learns nothing here either. The others tell
 * nothing that is not written in the manual.
 */
export const shownBy: Readonly<Partial<Record<Source, string>>> = {
  environments: "describe_environment",
  tokens: "list_tokens",
  people: "list_tokens",
};
