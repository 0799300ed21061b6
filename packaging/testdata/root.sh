# Runs a script in a copy of this machine's root that is thrown away: what it writes is in
# memory, and gone with its mounts. The arguments: a directory to mount as /dist, the script
# in it, and the script's arguments.
set -eu
dist=$1 script=$2
shift 2
mount -t tmpfs none /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
mkdir -p /mnt/root/dist
mount --bind "$dist" /mnt/root/dist
mount --rbind /dev /mnt/root/dev
mount -t proc proc /mnt/root/proc
mount -t tmpfs none /mnt/root/run
exec chroot /mnt/root sh "/dist/$script" "$@"
