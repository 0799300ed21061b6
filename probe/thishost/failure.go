package thishost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// failure is why a file of the server was not read.
func (f hostFiles) failure(path string, err error) *snapshot.Failure {
	if f.rights != nil && errors.Is(err, fs.ErrPermission) && !errors.Is(err, hostfile.ErrRights) {
		return &snapshot.Failure{Kind: snapshot.Denied, Text: fmt.Sprintf(
			"%s: permission denied to user %d, with whose rights zkdoctor reads it", path, f.rights.UID)}
	}
	return fileFailure(path, err)
}

// fileFailure is why a file was not read.
func fileFailure(path string, err error) *snapshot.Failure {
	if kind := trouble(err); kind != "" {
		return &snapshot.Failure{Kind: kind, Text: path + ": zkdoctor could not read it: " + reason(err)}
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &snapshot.Failure{Kind: snapshot.Cancelled, Text: path + ": the run ended before it was read"}
	case errors.Is(err, fs.ErrNotExist):
		return &snapshot.Failure{Kind: snapshot.Absent, Text: path + ": no such file or directory"}
	case errors.Is(err, hostfile.ErrRights):
		return &snapshot.Failure{Kind: snapshot.Denied, Text: path + ": " + err.Error()}
	case errors.Is(err, fs.ErrPermission):
		return &snapshot.Failure{Kind: snapshot.Denied, Text: path + ": permission denied; run zkdoctor as root or as the server's user"}
	case errors.Is(err, hostfile.ErrTooLarge), errors.Is(err, errManyFiles), errors.Is(err, errFilesOfUser):
		return &snapshot.Failure{Kind: snapshot.TooLarge, Text: path + ": " + reason(err)}
	case errors.Is(err, hostfile.ErrStuck), errors.Is(err, hostfile.ErrLease):
		return &snapshot.Failure{Kind: snapshot.Silent, Text: path + ": " + reason(err)}
	}
	return &snapshot.Failure{Kind: snapshot.Protocol, Text: path + ": " + reason(err)}
}

// reason is the innermost error, without addresses.
func reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return snapshot.Printable(err.Error(), snapshot.MaxForeign)
}

// trouble is the kind of an error that is zkdoctor's own, and tells nothing of the file;
// empty for any other.
func trouble(err error) snapshot.FailureKind {
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return snapshot.NoDescriptors
	case errors.Is(err, syscall.ENOMEM):
		return snapshot.NoMemory
	}
	return ""
}
