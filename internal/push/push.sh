# What a shell on the host of a server does with the program that is sent to it. Before this it is told m (the
# mark of its lines), size and sum of the program, room (KiB) that must be free, seconds that the sending may
# take, and the program's arguments. A shell reads a list in braces to its end before it runs it, and nothing
# else is sent until it says "send".
{
say() { echo "zkdoctor $m $*"; }
fail() { say failed "$@"; exit 1; }
fourth() { echo "$4"; }

# close gives up the file, and its directory where that is still there.
close() {
	exec 3>&- 4<&-
	cd /
	[ -z "$directory" ] || { rm -f "$directory/zkdoctor"; rmdir "$directory"; } 2>/dev/null
	directory=
}

# open makes a file below $1 that may be executed, and has it open as 4. It has lost its name before anything
# is written: the kernel removes it with the last process that has it open, however that ends. Names are used
# in a new directory of its own only, each once: no link is followed, and nothing is overwritten.
open() {
	why='not writable'
	directory=$(mktemp -d "$1/zkdoctor.XXXXXXXXXX" 2>/dev/null) || {
		directory=$1/zkdoctor.$m
		mkdir "$directory" 2>/dev/null || { directory=; return 1; }
	}
	cd "$directory" || return 1
	# A shell that does not overwrite files still follows a link to a device.
	set -C
	[ ! -e zkdoctor ] && [ ! -L zkdoctor ] && { command exec 3>zkdoctor; } 2>/dev/null &&
		[ -f /proc/self/fd/3 ] && [ ! -s /proc/self/fd/3 ] || { set +C; cd /; rmdir "$directory" 2>/dev/null; directory=; return 1; }
	set +C
	free=$(fourth $(df -Pk . 2>/dev/null | tail -n 1))
	why='its shell passes no file on by /proc/self/fd'
	chmod 700 /proc/self/fd/3 2>/dev/null || return 1
	{ command exec 4</proc/self/fd/3; } 2>/dev/null || return 1
	rm -f zkdoctor
	rmdir "$directory" 2>/dev/null && directory=
	cd /
	exec 3>&-
	case $free in '' | *[!0-9]*) why='df does not report its free space' && return 1 ;; esac
	why="$free KiB free of $room"
	[ "$free" -ge "$room" ] || return 1
	# To execute an empty file does nothing; 126 is that it may not be executed.
	why=noexec
	/proc/self/fd/4 </dev/null >/dev/null 2>&1
	[ $? -ne 126 ]
}

umask 077
directory=
trap close EXIT
trap 'exit 1' HUP INT PIPE TERM

tried=
case ${TMPDIR:=/tmp} in /*) ;; *) TMPDIR=/tmp ;; esac
for place in "$TMPDIR" /tmp /var/tmp ''; do
	[ -n "$place" ] || fail place "${tried#, }"
	case "$tried, " in *", $place: "*) continue ;; esac
	open "$place" && break
	close
	tried="$tried, $place: $why"
done

# A connection that is lost without a word must not leave a reader behind; not every host has timeout.
# What writes is opened by a shell of its own: busybox's timeout stays for a second, and a file that
# somebody may write is not executed.
bounded=
timeout 9 true 2>/dev/null && bounded="timeout $seconds"
take="head -c $size"
head -c 1 </dev/null >/dev/null 2>&1 || take=cat
say send
$bounded sh -c "exec $take >/proc/self/fd/4" >/dev/null
got=$(wc -c </proc/self/fd/4)
[ "$got" -eq "$size" ] || fail short $got
case $(sha256sum <&4 2>/dev/null) in
'' | "$sum "*) ;;
*) fail sum ;;
esac
say run
# Should the kernel not know the format, a shell may take the file for a script: it finds no command.
PATH=/dev/null /proc/self/fd/4 "$@" </dev/null
exit $?
}
