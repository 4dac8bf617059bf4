# Completion for rvpserver in bash, written from the program's commands: RVPSERVER_WRITE_REFERENCE=1 dotnet test tests/Rvp.Client.Tests
_rvpserver() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ' run' | ' config' | 'config check' | ' user' | 'user add' | 'user list' | 'user show' | 'user enable' | 'user disable' | 'user remove' | 'user passwd' | 'user forget-history' | 'user alias' | 'user move' | 'user import' | ' admin' | 'admin grant' | 'admin revoke' | 'admin list' | ' audit' | ' dns' | 'dns zone' | 'dns check' | 'dns publish' | ' backup' | ' restore' | ' repair' | ' store' | 'store copy' | ' cluster' | 'cluster status' | ' drain' | ' plan' | ' key' | 'key new' | ' selftest') command=${command:+$command }$word ;;
    esac
  done
  case $previous in
    --config | --key) compopt -o default; return ;;
    --accounts | --address | --changes | --contacts | --cores | --display | --domain | --filter | --group | --home | --messages | --ns | --online | --out | --pair | --peak | --person | --polled | --reverse | --serial | --server | --since | --through | --ttl | --unit | --who) return ;;
  esac
  case $command in
    '') words='run config user admin audit dns backup restore repair store cluster drain plan key selftest --help --version --config' ;;
    'run') words='--help --config' ;;
    'config') words='check --help --config' ;;
    'config check') words='--offline --json --help --config' ;;
    'user') words='add list show enable disable remove passwd forget-history alias move import --help --config' ;;
    'user add') words='--home --domain --display --password-stdin --unchecked --person --group --unit --filter --preview --help --config' ;;
    'user list') words='--domain --json --help --config' ;;
    'user show') words='--json --help --config' ;;
    'user enable') words='--help --config' ;;
    'user disable') words='--help --config' ;;
    'user remove') words='--help --config' ;;
    'user passwd') words='--password-stdin --help --config' ;;
    'user forget-history') words='--help --config' ;;
    'user alias') words='--remove --help --config' ;;
    'user move') words='--home --unchecked --help --config' ;;
    'user import') words='--unchecked --help --config'; compopt -o default ;;
    'admin') words='grant revoke list --help --config' ;;
    'admin grant') words='--group --domain --help --config' ;;
    'admin revoke') words='--group --domain --help --config' ;;
    'admin list') words='--json --help --config' ;;
    'audit') words='--since --who --json --help --config' ;;
    'dns') words='zone check publish --help --config' ;;
    'dns zone') words='--address --domain --reverse --out --ns --ttl --serial --json --help --config' ;;
    'dns check') words='--server --outside --probe --json --help --config' ;;
    'dns publish') words='--server --key --address --yes --help --config' ;;
    'backup') words='--help --config'; compopt -o default ;;
    'restore') words='--help --config'; compopt -o default ;;
    'repair') words='--check --help --config' ;;
    'store') words='copy --help --config' ;;
    'store copy') words='Postgres Sqlite --help --config' ;;
    'cluster') words='status --help --config' ;;
    'cluster status') words='--json --help --config' ;;
    'drain') words='--undo --help --config' ;;
    'plan') words='--accounts --online --polled --contacts --changes --messages --peak --cores --history --json --help --config' ;;
    'key') words='new --help --config' ;;
    'key new') words='--help --config'; compopt -o default ;;
    'selftest') words='--pair --through --poll --dns --json --help --config' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _rvpserver rvpserver
