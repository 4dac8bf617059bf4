#!/bin/bash
# A throw-away Active Directory (Samba AD DC) for the tests: ADATUM.COM / ADATUM, one DC, one member server, two people.
#
#   samba-ad.sh start DIR         provision DIR (if it is new) and start the DC in a network namespace of its own
#   samba-ad.sh exec  DIR CMD...  run CMD inside that namespace, with KRB5_CONFIG, KRB5CCNAME and AD_* set
#   samba-ad.sh member DIR CMD... the same on a member server: joins IMHOMESERVER1 at the first call, runs CMD beside its winbindd
#   samba-ad.sh stop  DIR         stop it and remove the namespace; DIR stays
#
# Needs root, and the packages that tests/run --with-samba installs. DIR must be absolute and short (60 characters): Unix sockets live in it.
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
verb=$1 dir=${2%/}; shift 2
[[ $dir = /* ]] || { echo "DIR must be absolute: $dir" >&2; exit 2; }
[ ${#dir} -le 60 ] || { echo "DIR is longer than 60 characters (Unix sockets in it would not work): $dir" >&2; exit 2; }

realm=ADATUM.COM domain=ADATUM dns=adatum.com base=DC=adatum,DC=com
people_password=Pass-Word-1 admin_password=Admin-Word-1 service_password=Service-Word-1
conf=$dir/smb.conf
ns=rvpad-$(printf %s "$dir" | cksum | cut -d' ' -f1)
[ ! -e "$dir/netns" ] || ns=$(cat "$dir/netns")

# Samba's client library has winbindd's socket directory compiled in, so inside the namespace ours is mounted over it.
# (ip netns exec gives every command a mount namespace of its own: nothing of this is seen outside.)
sockets=/run/samba/winbindd
inside() {
  ip netns exec "$ns" bash -c 'mount --bind "$0" '$sockets' && exec "$@"' "$dir/winbindd" "$@"
}

write_configuration() {
  mkdir -p "$dir"/{private,state,cache,lock,run,ncalrpc,bind,winbindd,ntp,log}
  chmod 700 "$dir/private"
  cat > "$conf" <<CONF
[global]
  server role = active directory domain controller
  realm = $realm
  workgroup = $domain
  netbios name = DC1
  interfaces = lo
  bind interfaces only = yes
  server services = s3fs, rpc, ldap, cldap, kdc, winbindd, dns
  dns forwarder =
  ntlm auth = ntlmv2-only
  private dir = $dir/private
  state directory = $dir/state
  cache directory = $dir/cache
  lock directory = $dir/lock
  pid directory = $dir/run
  ncalrpc dir = $dir/ncalrpc
  binddns dir = $dir/bind
  ntp signd socket directory = $dir/ntp
  log file = $dir/log/samba.log
  logging = file
  load printers = no
  disable spoolss = yes
[sysvol]
  path = $dir/state/sysvol
  read only = no
[netlogon]
  path = $dir/state/sysvol/$dns/scripts
  read only = no
CONF
  cat > "$dir/krb5.conf" <<CONF
[libdefaults]
  default_realm = $realm
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  $realm = {
    kdc = 127.0.0.1
    kpasswd_server = 127.0.0.1
  }
[domain_realm]
  .$dns = $realm
  $dns = $realm
CONF
  cat > "$dir/env" <<CONF
export AD_DIR=$dir AD_CONF=$conf
export KRB5_CONFIG=$dir/krb5.conf KRB5CCNAME=FILE:$dir/ccache LDAPTLS_CACERT=$dir/private/tls/ca.pem
CONF
}

# Exchange's three attributes. The schemaIDGUIDs are Exchange's own; the OIDs are made up (under Samba's arc for tests), for nobody
# publishes Exchange's.
schema_attribute() { # name, cn, guid, last arc
  cat <<LDIF
dn: CN=$2,CN=Schema,CN=Configuration,$base
changetype: add
objectClass: top
objectClass: attributeSchema
attributeID: 1.3.6.1.4.1.7165.4.6.1.$4
schemaIDGUID: $3
cn: $2
lDAPDisplayName: $1
adminDisplayName: $2
attributeSyntax: 2.5.5.12
oMSyntax: 64
isSingleValued: TRUE
searchFlags: 1
systemOnly: FALSE
isMemberOfPartialAttributeSet: TRUE

LDIF
}

provision() {
  rm -rf "$dir/private" "$dir/member"
  write_configuration
  KRB5_CONFIG=$dir/krb5.conf samba-tool domain provision --configfile="$conf" --realm=$realm --domain=$domain --server-role=dc \
    --dns-backend=SAMBA_INTERNAL --host-name=dc1 --host-ip=127.0.0.1 --adminpass="$admin_password" > "$dir/log/provision.log" 2>&1 \
    || { tail -5 "$dir/log/provision.log" >&2; exit 1; }
  local tool="samba-tool" db="-H $dir/private/sam.ldb --configfile=$conf"
  {
    schema_attribute msExchIMAddress         ms-Exch-IM-Address           cbbd3752-b8d8-47dc-92ee-ab488c1af969 1
    schema_attribute msExchIMMetaPhysicalURL ms-Exch-IM-Meta-Physical-URL 8e7a93a3-5a7c-11d3-aa78-00c04f8eedd8 2
    schema_attribute msExchIMPhysicalURL     ms-Exch-IM-Physical-URL      8e7a93a8-5a7c-11d3-aa78-00c04f8eedd8 3
  } > "$dir/schema-1.ldif"
  cat > "$dir/schema-2.ldif" <<LDIF
dn: CN=User,CN=Schema,CN=Configuration,$base
changetype: modify
add: mayContain
mayContain: msExchIMAddress
mayContain: msExchIMMetaPhysicalURL
mayContain: msExchIMPhysicalURL
LDIF
  # Two runs: the class can name the attributes only after the schema has been read again.
  for ldif in "$dir/schema-1.ldif" "$dir/schema-2.ldif"; do
    ldbmodify $db --option='dsdb:schema update allowed=true' "$ldif" >> "$dir/log/provision.log" 2>&1
  done
  $tool domain passwordsettings set $db --max-pwd-age=0 --min-pwd-age=0 >> "$dir/log/provision.log" 2>&1
  $tool user create JoBrown "$people_password" $db --given-name=Jo --surname=Brown --mail-address=JoBrown@$dns >> "$dir/log/provision.log" 2>&1
  $tool user create KariHensien "$people_password" $db --given-name=Kari --surname=Hensien --mail-address=KariHensien@$dns >> "$dir/log/provision.log" 2>&1
  # The server's own account: it binds to LDAP and owns the service principal name.
  $tool user create im "$service_password" $db --description='Instant messaging server' >> "$dir/log/provision.log" 2>&1
  $tool user setexpiry im --noexpiry $db >> "$dir/log/provision.log" 2>&1
  $tool spn add HTTP/im.$dns im $db >> "$dir/log/provision.log" 2>&1
  {
    for person in 'Jo Brown:JoBrown' 'Kari Hensien:KariHensien'; do
      alias=${person#*:}
      cat <<LDIF
dn: CN=${person%:*},CN=Users,$base
changetype: modify
replace: msExchIMAddress
msExchIMAddress: $alias@im.$dns
-
replace: msExchIMMetaPhysicalURL
msExchIMMetaPhysicalURL: http://im.$dns/instmsg/aliases/$alias
-
replace: msExchIMPhysicalURL
msExchIMPhysicalURL: http://imhomeserver1.$dns/instmsg/local/im.$dns/instmsg/aliases/$alias

LDIF
    done
    # AES keys for the service (28 = AES256 + AES128 + RC4): without this its tickets are RC4.
    cat <<LDIF
dn: CN=im,CN=Users,$base
changetype: modify
replace: msDS-SupportedEncryptionTypes
msDS-SupportedEncryptionTypes: 28
LDIF
  } > "$dir/people.ldif"
  ldbmodify $db "$dir/people.ldif" >> "$dir/log/provision.log" 2>&1
  rm -f "$dir/http.keytab"
  $tool domain exportkeytab "$dir/http.keytab" --principal=HTTP/im.$dns --configfile="$conf" >> "$dir/log/provision.log" 2>&1
  touch "$dir/provisioned"
}

# winbindd, LDAP (the first time it has to make its TLS keys), KDC and DNS come up one by one.
answers() {
  inside ntlm_auth --configfile="$conf" --domain=$domain --username=JoBrown --password="$people_password" \
    && inside env LDAPTLS_CACERT="$dir/private/tls/ca.pem" LDAPTLS_REQCERT=allow ldapsearch -x -ZZ -H ldap://127.0.0.1 -s base -b '' \
    && inside bash -c ': < /dev/tcp/127.0.0.1/88 && : < /dev/tcp/127.0.0.1/53 && : < /dev/tcp/127.0.0.1/135'
}

start() {
  [ "$(id -u)" = 0 ] || { echo 'start needs root' >&2; exit 1; }
  if [ -e "$dir/run/samba.pid" ] && kill -0 "$(cat "$dir/run/samba.pid")" 2>/dev/null; then echo "already running in $dir"; exit 0; fi
  mkdir -p "$dir" "$sockets"
  if [ -e "$dir/provisioned" ]; then write_configuration; else provision; fi
  mkdir -p "/etc/netns/$ns"     # ip netns exec lays these files over /etc
  printf '127.0.0.1 localhost dc1.%s dc1 im.%s imhomeserver1.%s\n' $dns $dns $dns > "/etc/netns/$ns/hosts"
  printf 'nameserver 127.0.0.1\nsearch %s\n' $dns > "/etc/netns/$ns/resolv.conf"
  ip netns list | grep -qw "^$ns" || ip netns add "$ns"
  ip -n "$ns" link set lo up
  echo "$ns" > "$dir/netns"
  KRB5_CONFIG=$dir/krb5.conf inside samba --daemon --configfile="$conf"
  local tries=0
  until answers > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "no answer after 30 s; see $dir/log" >&2; stop; exit 1; }
    sleep 0.5
  done
}

# A member server, as production has it. Its SPN host must not be "im": HTTP/im belongs to the account im (HOST/ implies HTTP/).
# It shares the DC's loopback: winbindd listens on nothing but its socket, which is mounted in a mount namespace one deeper.
member() {
  local m=$dir/member
  if [ ! -e "$m/joined" ]; then
    mkdir -p "$m"/{private,state,cache,lock,run,ncalrpc,winbindd,log}
    cat > "$m/smb.conf" <<CONF
[global]
  security = ads
  realm = $realm
  workgroup = $domain
  netbios name = IMHOMESERVER1
  interfaces = 127.0.0.2/8
  bind interfaces only = yes
  idmap config * : backend = tdb
  idmap config * : range = 100000-199999
  private dir = $m/private
  state directory = $m/state
  cache directory = $m/cache
  lock directory = $m/lock
  pid directory = $m/run
  ncalrpc dir = $m/ncalrpc
  log file = $m/log/member.log
CONF
    # -S: on loopback the search for a DC finds none.
    inside net ads join --configfile="$m/smb.conf" -S dc1.$dns --no-dns-updates -U "Administrator%$admin_password" > "$m/log/join.log" 2>&1 \
      || { tail -3 "$m/log/join.log" >&2; exit 1; }
    touch "$m/joined"
  fi
  export AD_CONF=$m/smb.conf
  local tries=0
  if ! { [ -e "$m/run/winbindd.pid" ] && kill -0 "$(cat "$m/run/winbindd.pid")" 2>/dev/null; }; then
    beside winbindd --daemon --configfile="$m/smb.conf"
    until beside wbinfo -t > /dev/null 2>&1; do tries=$((tries + 1)); [ $tries -lt 20 ] || { echo "no winbindd; see $m/log" >&2; exit 1; }; sleep 0.5; done
  fi
  beside "$@"
}
beside() { inside bash -c 'mount --bind "$0" '$sockets' && exec "$@"' "$dir/member/winbindd" "$@"; }

stop() {
  local pid= tries=0
  if [ -e "$dir/member/run/winbindd.pid" ]; then kill "$(cat "$dir/member/run/winbindd.pid")" 2>/dev/null || true; rm -f "$dir/member/run/winbindd.pid"; fi
  [ ! -e "$dir/run/samba.pid" ] || pid=$(cat "$dir/run/samba.pid")
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
    kill "$pid"                   # the parent ends its children: smbd, winbindd and the service processes
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 40 ]; do sleep 0.25; tries=$((tries + 1)); done
  fi
  if [ -e "/run/netns/$ns" ]; then
    for left in $(ip netns pids "$ns"); do kill "$left" || true; done
    ip netns delete "$ns"
    rm -rf "/etc/netns/$ns"
  fi
  rm -f "$dir/netns"
}

case $verb in
  start) start ;;
  stop) stop ;;
  exec) . "$dir/env"; inside "$@" ;;
  member) . "$dir/env"; member "$@" ;;
  *) usage ;;
esac
