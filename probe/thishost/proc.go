package thishost

import (
	"errors"
	"path/filepath"
	"strconv"
)

// ourselves is the /proc entry of zkdoctor, and procOf that of another process.
const ourselves = "/proc/self"

func procOf(pid int) string { return filepath.Join("/proc", strconv.Itoa(pid)) }

// fdOf has the open files of a process.
func fdOf(pid int) string { return filepath.Join(procOf(pid), "fd") }

// What keeps sockets from being known that processes have among very many open files.
var (
	errManyFiles   = errors.New("the process has too many open files")
	errFilesOfUser = errors.New("the processes of its user have too many open files")
)

// maxShownPath is how much is shown of a path that a process names, which may be long.
const maxShownPath = 256
