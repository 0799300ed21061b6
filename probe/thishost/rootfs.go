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

func isFile(root fs.FS, file string) bool {
	info, err := fs.Stat(root, strings.TrimPrefix(file, "/"))
	return err == nil && info.Mode().IsRegular()
}

func isDir(root fs.FS, dir string) bool {
	info, err := fs.Stat(root, strings.TrimPrefix(dir, "/"))
	return err == nil && info.IsDir()
}

// runs reports whether a file is there that somebody may run.
func runs(root fs.FS, file string) bool {
	info, err := fs.Stat(root, strings.TrimPrefix(file, "/"))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
