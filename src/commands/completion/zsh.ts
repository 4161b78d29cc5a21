/** The completion for zsh. */
import { type FlagWord, programs, type Vocabulary, wanting } from "./vocabulary.ts";

/** @returns a script to be sourced after compinit, or to be put into a folder of $fpath as _fly_tokens */
export function zsh(vocabulary: Vocabulary): string {
  const { commands, flags } = vocabulary;
  const cases = commands.map(
    ({ name, words, flags: own }) =>
      `    ${name}) names=(${words.join(" ")}); flags=(${[...own.map(described), "$flags"].join(" ")}) ;;`,
  );
  const values = wanting(vocabulary).map(
    ({ pattern, values }) =>
      `    ${pattern}) ${values.length > 0 ? `compadd -- ${values.join(" ")}` : "_files"}; return ;;`,
  );
  return `#compdef ${programs.join(" ")}
# Completion of fly-tokens for zsh: source <(fly-tokens completion zsh)
_fly_tokens() {
  local before=$words[CURRENT-1]
  local -a commands flags names
  commands=(
${commands.map((command) => `    ${described(command)}`).join("\n")}
  )
  flags=(
${flags.map((flag) => `    ${described(flag)}`).join("\n")}
  )
  if [[ $PREFIX == --*=* ]]; then before=\${PREFIX%%=*}; compset -P '*='; fi
  case $words[2]:$before in
${values.join("\n")}
  esac
  case $words[2] in
${cases.join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then _describe -o flag flags
  elif (( CURRENT == 2 )); then _describe command commands
  elif (( CURRENT == 3 && $#names )); then compadd -- $names
  else _describe -o flag flags
  fi
}
if [[ $funcstack[1] == _fly_tokens ]]; then _fly_tokens "$@"; else compdef _fly_tokens ${programs.join(" ")}; fi
`;
}

function described({ name, about }: Pick<FlagWord, "name" | "about">): string {
  return `'${name}${about === "" ? "" : `:${about.replaceAll("'", "'\\''")}`}'`;
}
