# Completion for rvp in bash, written from the program's commands: RVPSERVER_WRITE_REFERENCE=1 dotnet test tests/Rvp.Client.Tests
_rvp() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ' signin' | ' signout' | ' passwd' | ' status' | ' watch' | ' send' | ' receive' | ' chat' | ' contacts' | 'contacts add' | 'contacts remove' | ' block' | ' unblock' | ' watchers' | ' history' | ' search' | ' hooks' | 'hooks add' | 'hooks remove' | ' completion') command=${command:+$command }$word ;;
    esac
  done
  case $previous in
    --new-password-file | --password-file) compopt -o default; return ;;
    --account | --connection | --count | --idle | --name | --search | --server | --timeout | --to | --wait) return ;;
  esac
  case $command in
    '') words='signin signout passwd status watch send receive chat contacts block unblock watchers history search hooks completion --help --version --account --password-file --server --connection' ;;
    'signin') words='--no-save-password --password-stdin --help --account --password-file --server --connection' ;;
    'signout') words='--help --account --password-file --server --connection' ;;
    'passwd') words='--new-password-file --help --account --password-file --server --connection' ;;
    'status') words='at-lunch away back-soon busy idle invisible offline on-phone online --json --help --account --password-file --server --connection' ;;
    'watch') words='--json --help --account --password-file --server --connection' ;;
    'send') words='--wait --wait-delivered --json --help --account --password-file --server --connection' ;;
    'receive') words='--json --count --timeout --help --account --password-file --server --connection' ;;
    'chat') words='--idle --full-screen --help --account --password-file --server --connection' ;;
    'contacts') words='add remove --json --help --account --password-file --server --connection' ;;
    'contacts add') words='--help --account --password-file --server --connection' ;;
    'contacts remove') words='--help --account --password-file --server --connection' ;;
    'block') words='--json --help --account --password-file --server --connection' ;;
    'unblock') words='--help --account --password-file --server --connection' ;;
    'watchers') words='--json --help --account --password-file --server --connection' ;;
    'history') words='--json --search --count --mark-read --delete --help --account --password-file --server --connection' ;;
    'search') words='--json --help --account --password-file --server --connection' ;;
    'hooks') words='add remove --json --help --account --password-file --server --connection' ;;
    'hooks add') words='--to --name --json --help --account --password-file --server --connection' ;;
    'hooks remove') words='--help --account --password-file --server --connection' ;;
    'completion') words='bash fish powershell zsh --help --account --password-file --server --connection' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _rvp rvp
