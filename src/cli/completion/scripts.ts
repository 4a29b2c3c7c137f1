/** Supported shells. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const bash = `# Completion of jwtcheck in bash. In ~/.bashrc: eval "$(jwtcheck completion bash)"
_jwtcheck() {
  local line first=
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$first" ]; then first=$line; else COMPREPLY+=("$line"); fi
  done < <(jwtcheck __complete bash -- "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case "\${first%% *}" in
    files) compopt -o default 2>/dev/null ;;
    command) _jwtcheck_command ;;
  esac
}
# A command of your own after --: bash-completion knows its arguments. Without it, programs and files are completed.
_jwtcheck_command() {
  local at=1
  while [ "\${COMP_WORDS[at-1]}" != -- ]; do at=$((at + 1)); done
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$at"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$at"
  elif [ "$COMP_CWORD" -eq "$at" ]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}")
  else
    compopt -o default 2>/dev/null
  fi
}
complete -F _jwtcheck jwtcheck
`;

const zsh = `#compdef jwtcheck
# Completion of jwtcheck in zsh. In ~/.zshrc, after compinit: eval "$(jwtcheck completion zsh)"
_jwtcheck() {
  local line
  local -a lines values says
  lines=("\${(@f)$(jwtcheck __complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == files* ]]; then
    compset -p \${lines[1]#files }
    _files
    return
  fi
  if [[ $lines[1] == command ]]; then
    local -i at=\${words[(i)--]}
    shift at words
    (( CURRENT -= at ))
    _normal
    return
  fi
  for line in "\${(@)lines[2,-1]}"; do
    values+=("\${line%%$'\\t'*}")
    says+=("\${line/$'\\t'/  -- }")
  done
  compadd -l -d says -a values
}
if [[ $funcstack[1] == _jwtcheck ]]; then _jwtcheck "$@"; else compdef _jwtcheck jwtcheck; fi
`;

const fish = `# Completion of jwtcheck in fish. In ~/.config/fish/config.fish: jwtcheck completion fish | source
function __jwtcheck_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string unescape)
    set -l lines (jwtcheck __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    set -l first (string split ' ' -- $lines[1])
    if test "$first[1]" = files
        set -l prefix (string sub -l $first[2] -- "$current")
        for path in (__fish_complete_path (string sub -s (math $first[2] + 1) -- "$current"))
            printf '%s%s\\n' "$prefix" "$path"
        end
        return
    end
    if test "$first[1]" = command
        set -l at (contains -i -- -- $words)
        set -l rest (string escape -- $words[(math $at + 1)..-1])
        complete -C (string join ' ' -- $rest (commandline -ct))
        return
    end
    for line in $lines[2..-1]
        printf '%s\\n' "$line"
    end
end
complete -c jwtcheck -f -a '(__jwtcheck_complete)'
`;

/** The completion scripts. All candidates come from `jwtcheck __complete`, so that a script never needs an update. */
export const scripts: Record<Shell, string> = { bash, zsh, fish };
