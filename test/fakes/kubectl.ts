import { standIn } from "./stand-in.ts";

/**
 * What stands for kubectl on PATH, with a cluster of one namespace: it keeps argv, environment and secrets in
 * stand-ins/kubectl of the home. What a test writes to `refuse` there is what it says instead; with `theirs` every secret
 * is somebody else's.
 */
export const kubectlFolder = "stand-ins/kubectl";

export const kubectl = `${standIn(kubectlFolder, "secrets")}
refuse refuse
case "$1" in
apply)
  given=$(cat)
  [ -f "$folder/theirs" ] && { printf 'error: Apply failed with 1 conflict: conflict with "kubectl-create"\\n' >&2; exit 1; }
  name=$(printf '%s' "$given" | sed -n 's/^ *"name": "\\([^"]*\\)".*/\\1/p')
  case "$*" in *--dry-run=server*) ;; *) printf '%s\\n' "$given" > "$folder/secrets/$name" ;; esac
  printf shop
  exit 0 ;;
get)
  [ -f "$folder/secrets/$3" ] && { cat "$folder/secrets/$3"; exit 0; }
  printf 'Error from server (NotFound): secrets "%s" not found\\n' "$3" >&2
  exit 1 ;;
esac
exit 2
`;
