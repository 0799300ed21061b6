# Checks and serves as a user without any rights. The arguments: the program, the servers of a
# real ensemble, and an address for the exporter.
set -eux
program=$1 servers=$2 address=$3
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs'
$nobody "$program" version | grep -F 'zkdoctor 0.0.2 '
$nobody "$program" check --no-local "$servers"
$nobody "$program" exporter --no-local "--web.listen-address=$address" "$servers" &
exporter=$!
trap 'kill "$exporter" 2>/dev/null || :' EXIT
curl -sS --fail --retry 30 --retry-delay 1 --retry-connrefused "http://$address/metrics" | grep '^zookeeper_up{.*} 1$'
kill "$exporter"
wait "$exporter"
