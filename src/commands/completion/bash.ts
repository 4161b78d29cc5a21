/** The completion for bash. */
import { programs, type Vocabulary, wanting } from "./vocabulary.ts";

/** @returns a script to be sourced */
export function bash(vocabulary: Vocabulary): string {
  const { commands, flags } = vocabulary;
  const cases = commands.map(
    ({ name, words, flags: own }) =>
      `    ${name}) words="${words.join(" ")}"; flags="${own.map((flag) => `${flag.name} `).join("")}$flags" ;;`,
  );
  const values = wanting(vocabulary).map(({ pattern, values }) =>
    values.length > 0
      ? `    ${pattern}) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$word")); return ;;`
      : `    ${pattern}) return ;;`,
  );
  return `# Completion of fly-tokens for bash: source <(fly-tokens completion bash)
_fly_tokens() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" words=""
  local flags="${flags.map(({ name }) => name).join(" ")}"
  # --flag=value comes in three words.
  if [[ $word == "=" ]]; then word=""; fi
  if [[ $before == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  COMPREPLY=()
  case "\${COMP_WORDS[1]}:$before" in
${values.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$word"))
  elif [[ $COMP_CWORD == 2 ]]; then COMPREPLY=($(compgen -W "\${words:-$flags}" -- "$word"))
  fi
}
complete -o default -F _fly_tokens ${programs.join(" ")}
`;
}
