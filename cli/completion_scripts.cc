#include <array>
#include <optional>

#include "cli/completion.h"

namespace broker::cli {
namespace {

struct Script {
  std::string_view shell;
  std::string_view text;
};

// `brokerctl __complete WORD...` prints one candidate per line, "word<TAB>description".
constexpr std::array<Script, 3> kScripts{{
    {"bash", R"(# bash completion for brokerctl. Load it with: source <(brokerctl completion bash)
_brokerctl() {
  local line part typed apart joins i words=()
  COMPREPLY=()
  # Bash takes words apart at = and : (COMP_WORDBREAKS), and replaces only what is behind the last of them.
  for (( i = 1; i <= COMP_CWORD; i++ )); do
    part="${COMP_WORDS[i]}"
    if (( ${#words[@]} )) && [[ -n "$joins" || "$part" == [=:]* ]]; then
      words[${#words[@]}-1]+="$part"
    else
      words+=("$part")
    fi
    [[ "$part" == *[=:] ]] && joins=yes || joins=
  done
  typed="${words[${#words[@]}-1]}"
  part="${COMP_WORDBREAKS//[^=:]/}"
  [[ -n "$part" ]] && apart="${typed%"${typed##*[$part]}"}"
  while IFS= read -r line; do
    line="${line%%$'\t'*}"
    [[ "$line" == "$typed"* ]] && COMPREPLY+=("${line#"$apart"}")
  done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}
complete -o default -F _brokerctl brokerctl
)"},
    {"zsh", R"(#compdef brokerctl
# zsh completion for brokerctl. Load it with: source <(brokerctl completion zsh)
_brokerctl() {
  local -a found
  local line word about
  while IFS= read -r line; do
    word="${line%%$'\t'*}" about="${line#*$'\t'}"
    found+=("${word//:/\\:}${about:+:$about}")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then _describe 'brokerctl' found; else _files; fi
}
if [[ "${funcstack[1]}" == _brokerctl ]]; then  # found in $fpath, by its first use
  _brokerctl "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _brokerctl brokerctl
fi
)"},
    {"fish", R"(# fish completion for brokerctl. Load it with: brokerctl completion fish | source
function __brokerctl_complete
    set -l words (commandline -opc)
    brokerctl __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c brokerctl -f -a '(__brokerctl_complete)'
)"},
}};

}  // namespace

std::optional<std::string> CompletionScript(std::string_view shell) {
  for (const Script& script : kScripts) {
    if (script.shell == shell) return std::string(script.text);
  }
  return std::nullopt;
}

}  // namespace broker::cli
