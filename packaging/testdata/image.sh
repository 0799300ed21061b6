# Runs the image of a release where no container engine is. The arguments: its file, a
# directory for what is unpacked, the servers of a real ensemble, and an address.
set -eux
file=$1 dir=$2 servers=$3 address=$4
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
image() { buildah --root "$dir/storage" --runroot "$dir/run" "$@"; }

image pull -q "oci-archive:$file"
id=$(image images -q)
image inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' "$id" |
	grep -x '65532:65532 \[/zkdoctor\]'
image inspect --type image --format '{{.OCIv1.Config.Labels}}' "$id" | grep -F version:0.0.2
container=$(image from "$id")
image run "$container" -- /zkdoctor check --no-local "$servers"
image run "$container" -- /zkdoctor exporter --no-local "--web.listen-address=$address" "$servers" &
curl -sS --fail --retry 30 --retry-delay 1 --retry-connrefused "http://$address/metrics" | grep '^zookeeper_up{.*} 1$'
# The program runs as the image's user.
for process in /proc/[0-9]*; do
	case $(tr '\0' ' ' <"$process/cmdline") in
	"/zkdoctor exporter "*) grep -P '^Uid:\t65532\t65532\t' "$process/status" && found=1 ;;
	esac
done
test "$found" = 1
