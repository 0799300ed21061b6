package thishost

import (
	"path/filepath"
	"strconv"
)

// ourselves is the /proc entry of zkdoctor, and procOf that of another process.
const ourselves = "/proc/self"

func procOf(pid int) string { return filepath.Join("/proc", strconv.Itoa(pid)) }

// maxShownPath is how much is shown of a path that a process names, which may be long.
const maxShownPath = 256
