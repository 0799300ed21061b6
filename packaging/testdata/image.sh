# Builds the image where no container engine is, and runs it. The arguments: an archive of a
# release, a directory for what is made, the servers of a real ensemble, and an address.
set -eux
archive=$1 dir=$2 servers=$3 address=$4
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
image() { buildah --root "$dir/storage" --runroot "$dir/run" "$@"; }

mkdir "$dir/context"
tar -C "$dir/context" --strip-components 1 -xzf "$archive"
image bud -q -f Dockerfile --build-arg VERSION=0.0.2 -t zkdoctor "$dir/context"
image inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' zkdoctor |
	grep -x '65532:65532 \[/zkdoctor\]'
image inspect --type image --format '{{.OCIv1.Config.Labels}}' zkdoctor | grep -F version:0.0.2
container=$(image from zkdoctor)
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
