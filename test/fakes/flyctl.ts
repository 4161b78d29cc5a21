import { standIn } from "./stand-in.ts";

/**
 * What stands for flyctl on PATH, logged in, with one app: it keeps argv, environment, stdin and the names of secrets in
 * stand-ins/flyctl of the home. Words that a test writes to `refuse-list`, `refuse-import`, `refuse-after` or
 * `refuse-deploy` there are what it says instead.
 */
export const flyctlFolder = "stand-ins/flyctl";

export const flyctl = `${standIn(flyctlFolder, "names")}
case "$1 $2" in
"secrets list")
  refuse refuse-list
  [ -f "$folder/list" ] && { cat "$folder/list"; exit 0; }
  names=$(cd "$folder/names" && for name in *; do [ -f "$name" ] && printf ',{"name":"%s","digest":"0123"}' "$name"; done)
  [ -z "$names" ] && printf 'null\\n' || printf '[%s]\\n' "\${names#,}"
  exit 0 ;;
"secrets import")
  [ -f "$folder/hang" ] && exec sleep 60
  cat > "$folder/sent"
  refuse refuse-import
  mv "$folder/sent" "$folder/stdin"
  : > "$folder/names/$(sed 's/=.*//' "$folder/stdin")"
  refuse refuse-after
  printf 'Secrets have been staged, but not set on VMs.\\n'
  exit 0 ;;
"secrets deploy")
  refuse refuse-deploy
  exit 0 ;;
esac
exit 2
`;

/**
 * What `flyctl secrets import` makes of its stdin, by the rules of its parser as they are read: one line, one secret;
 * spaces in front and a pair of quotes around are not the value's, three quotes begin a text of several lines.
 */
export function imported(stdin: string): Record<string, string> {
  const secrets: Record<string, string> = {};
  let open: { name: string; lines: string[] } | undefined;
  for (const line of stdin.split("\n").map((one) => one.replace(/\r$/, ""))) {
    if (open && line.endsWith('"""')) {
      secrets[open.name] = [...open.lines, line.slice(0, -3)].join("\n");
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (!line.startsWith("#") && line.trim() !== "") {
      const [, name = "", value = ""] = /^([^=]*)= *(.*)$/.exec(line) ?? [];
      if (value.startsWith('"""')) open = { name: name.trim(), lines: [value.slice(3)] };
      else secrets[name.trim()] = /^".*"$/.test(value) ? value.slice(1, -1) : value;
    }
  }
  return secrets;
}
