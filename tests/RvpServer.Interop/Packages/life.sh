#!/bin/sh
# The life of a package on a machine: installed, used, upgraded, removed, purged. Run as root by DebianPackageTests, in namespaces of its own and on a
# layer over this machine's files that is thrown away, so nothing of it stays.
#   life.sh PACKAGE NEWER LAYERS   - prints a line for each thing that is so
set -eu
package=$1 newer=$2 layers=$3

hostname imhomeserver1
ip link set lo up
mount -t tmpfs none "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
mount -t overlay none -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" "$layers/root"
mount --bind /proc "$layers/root/proc"
mount --bind /dev "$layers/root/dev"
# A folder of its own: whatever this machine has at its root is there too.
scratch=$(mktemp -d -p "$layers/root")
here=/${scratch##*/}
cp "$package" "$scratch/old.deb"
cp "$newer" "$scratch/new.deb"
printf '127.0.0.1 localhost\n127.0.1.1 imhomeserver1.adatum.com imhomeserver1\n' > "$layers/root/etc/hosts"
printf '#!/bin/sh\nexit 101\n' > "$layers/root/usr/sbin/policy-rc.d"
chmod 755 "$layers/root/usr/sbin/policy-rc.d"

cat > "$scratch/inside.sh" << 'INSIDE'
set -eu
# That of whoever runs the tests is not there.
unset TMPDIR
export DEBIAN_FRONTEND=noninteractive
say() { printf '%s\n' "$*"; }
mode() { stat -c '%U:%G %a' "$1"; }
serve() {
  setpriv --reuid=rvpserver --regid=rvpserver --init-groups --bounding-set=-all,+net_bind_service --inh-caps=-all,+net_bind_service \
    --ambient-caps=-all,+net_bind_service /usr/lib/rvpserver/rvpserver run --config /etc/rvpserver/appsettings.json > log 2>&1 &
  server=$!
  tries=0
  until curl -sf -o /dev/null http://127.0.0.1:8081/readyz; do
    tries=$((tries + 1))
    if [ $tries -ge 300 ]; then cat log; exit 1; fi
    sleep 0.1
  done
}
end() { kill "$server"; wait "$server" || true; }

dpkg -i ./old.deb > dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
grep -o '^rvpserver serves .*com\.' dpkg.log
say "user: $(id -un rvpserver), shell $(getent passwd rvpserver | cut -d: -f7)"
for path in /etc/rvpserver /etc/rvpserver/appsettings.json /var/lib/rvpserver /var/log/rvpserver; do say "$path: $(mode $path)"; done
say "version: $(rvpserver --version | cut -d+ -f1)"
say "client: $(rvp --version | cut -d+ -f1)"
man --warnings -l /usr/share/man/man1/rvpserver.1.gz > /dev/null 2> man.log && [ ! -s man.log ] && say "manual: reads"
rvpserver config check --config /etc/rvpserver/appsettings.json > check 2>&1 && say "configuration: valid" || cat check
printf 'Long-Enough-7\n' | rvpserver user add JoBrown@imhomeserver1.adatum.com --password-stdin > added
say "account: $(head -n 1 added)"
say "store: $(mode /var/lib/rvpserver/rvp.db)"
serve
say "port 80: $(curl -s -o /dev/null -w '%{http_code}' --digest -u JoBrown:Long-Enough-7 -X ACL http://imhomeserver1.adatum.com/instmsg/aliases/JoBrown)"
end
say "suggests: $(rvpserver '[suggest:15]' 'rvpserver user ' | grep -c '^passwd$')"
bash -c '. /usr/share/bash-completion/completions/rvpserver; COMP_WORDS=(rvpserver us); COMP_CWORD=1; COMP_LINE="rvpserver us"; COMP_POINT=12
  _rvpserver; printf "completes: %s\n" "${COMPREPLY[*]}"'

# An instance is for the administrator to make.
[ -e /lib/systemd/system/rvpserver@.service ] && [ ! -e /etc/systemd/system/multi-user.target.wants/rvpserver@.service ] && say "several: possible, none started"
sed -i 's/"ProtocolLog"/"Proxies": [], "ProtocolLog"/' /etc/rvpserver/appsettings.json
dpkg -i ./new.deb > dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
say "upgraded: $(dpkg-query -W -f '${Version}' rvpserver)"
grep -q Proxies /etc/rvpserver/appsettings.json && say "configuration: kept"
serve
say "account after it: $(curl -s -o /dev/null -w '%{http_code}' --digest -u JoBrown:Long-Enough-7 -X ACL http://imhomeserver1.adatum.com/instmsg/aliases/JoBrown)"
end

dpkg -r rvpserver > dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
[ ! -e /usr/lib/rvpserver ] && [ -e /etc/rvpserver/appsettings.json ] && [ -e /var/lib/rvpserver/rvp.db ] && say "removed: program gone, configuration and data there"
dpkg -P rvpserver > dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
[ ! -e /etc/rvpserver ] && [ ! -e /var/lib/rvpserver ] && [ ! -e /var/log/rvpserver ] && say "purged: all gone"
INSIDE
chmod 755 "$scratch"
exec chroot "$layers/root" /bin/sh -c "cd $here && exec /bin/sh inside.sh"
