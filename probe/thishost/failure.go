package thishost

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// fileFailure is why a file was not read.
func fileFailure(path string, err error) *snapshot.Failure {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &snapshot.Failure{Kind: snapshot.Absent, Text: path + ": no such file or directory"}
	case errors.Is(err, fs.ErrPermission):
		return &snapshot.Failure{Kind: snapshot.Denied, Text: path + ": permission denied; run zkdoctor as root or as the server's user"}
	}
	return &snapshot.Failure{Kind: snapshot.Protocol, Text: path + ": " + reason(err)}
}

// reason is the innermost error, without addresses.
func reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return snapshot.Printable(err.Error(), snapshot.MaxForeign)
}
