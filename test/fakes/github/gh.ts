import { standIn } from "../stand-in.ts";

/**
 * What stands for gh on PATH, logged in: it keeps argv, environment and secrets in stand-ins/gh of the home. Words that a
 * test writes to `refuse-list`, `refuse-set` or `refuse-after` there are what it says instead, the last one after it has
 * written.
 */
export const ghFolder = "stand-ins/gh";

export const gh = `${standIn(ghFolder, "secrets")}
case "$1 $2" in
"secret list")
  refuse refuse-list
  for file in "$folder"/secrets/*; do [ -f "$file" ] && printf '%s\\t2026-01-02T03:04:05Z\\n' "$(basename "$file")"; done
  exit 0 ;;
"secret set")
  [ -f "$folder/hang" ] && exec sleep 60
  value=$(cat)
  refuse refuse-set
  printf %s "$value" > "$folder/secrets/$3"
  refuse refuse-after
  exit 0 ;;
esac
exit 2
`;
