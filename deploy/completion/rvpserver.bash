# Completion for rvpserver and rvp in bash: the programs themselves know what may follow.
_rvpserver() {
  local suggestions
  suggestions=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null) || return 0
  mapfile -t COMPREPLY < <(compgen -W "$suggestions" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _rvpserver rvpserver rvp
