# The life of the Debian package, in a root that is thrown away. The arguments: an older and
# a newer package, the servers of a real ensemble, and an address for the exporter.
set -eux
old=$1 new=$2 servers=$3 address=$4
unit=/usr/lib/systemd/system/zkdoctor-exporter.service

# Installed: nothing runs, nothing is enabled, and its user can do nothing.
if getent passwd zkdoctor; then exit 1; fi
dpkg -i "$old"
/usr/bin/zkdoctor version | grep -F 'zkdoctor 0.0.1 '
getent passwd zkdoctor | grep -E ':/nonexistent:.*nologin$'
test ! -e /etc/systemd/system/multi-user.target.wants/zkdoctor-exporter.service
grep -x 'ARGS=""' /etc/default/zkdoctor-exporter
man -w zkdoctor-check
grep zkdoctor /usr/share/bash-completion/completions/zkdoctor

# Upgraded: what was configured stays.
echo "ARGS=\"--web.listen-address=$address $servers\"" >>/etc/default/zkdoctor-exporter
echo '# mine' >>/etc/zkdoctor/ensembles.yml
dpkg -i "$new"
/usr/bin/zkdoctor version | grep -F 'zkdoctor 0.0.2 '
grep -F "$servers" /etc/default/zkdoctor-exporter
grep -x '# mine' /etc/zkdoctor/ensembles.yml

# The unit is sound, and has few rights.
systemd-analyze verify --recursive-errors=no --man=no "$unit"
systemd-analyze security --offline=yes --threshold=20 "$unit" >/dev/null

# It is told apart what is configured and what is not, and its command serves, as its user.
condition=$(sed -n 's/^ExecCondition=//p' "$unit") command=$(sed -n 's/^ExecStart=//p' "$unit")
if ARGS='' sh -c "$condition"; then exit 1; fi
. /etc/default/zkdoctor-exporter
ARGS=$ARGS sh -c "$condition"
ARGS=$ARGS setpriv --reuid zkdoctor --regid zkdoctor --clear-groups --inh-caps=-all --bounding-set=-all \
	--no-new-privs sh -c "exec $command" &
exporter=$!
curl -sS --fail --retry 30 --retry-delay 1 --retry-connrefused "http://$address/metrics" >/tmp/metrics
kill "$exporter"
wait "$exporter"
grep '^zookeeper_up{.*} 1$' /tmp/metrics
setpriv --reuid zkdoctor --regid zkdoctor --clear-groups /usr/bin/zkdoctor check --no-local "$servers"

# Removed: the configuration stays. Purged: nothing but the user does.
dpkg -r zkdoctor
test ! -e /usr/bin/zkdoctor
test -e /etc/zkdoctor/ensembles.yml
dpkg -P zkdoctor
test ! -e /etc/zkdoctor
test ! -e /etc/default/zkdoctor-exporter
if dpkg -s zkdoctor; then exit 1; fi
