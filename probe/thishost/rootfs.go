package thishost

import (
	"io/fs"
	"strings"
)

// readSmall reads a regular file that is no larger than a configuration.
func readSmall(root fs.FS, file string) ([]byte, bool) {
	if !isFile(root, file) {
		return nil, false
	}
	data, err := fs.ReadFile(root, strings.TrimPrefix(file, "/"))
	return data, err == nil && len(data) <= maxConfig
}

// modeOf is what a file is; of one that is not there, neither a file nor a directory.
func modeOf(root fs.FS, file string) fs.FileMode {
	info, err := fs.Stat(root, strings.TrimPrefix(file, "/"))
	if err != nil {
		return fs.ModeIrregular
	}
	return info.Mode()
}

func isFile(root fs.FS, file string) bool { return modeOf(root, file).IsRegular() }
func isDir(root fs.FS, dir string) bool   { return modeOf(root, dir).IsDir() }

// runs reports whether a file is there that somebody may run.
func runs(root fs.FS, file string) bool { return isFile(root, file) && modeOf(root, file)&0o111 != 0 }
