package thishost

import (
	"encoding/binary"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// fuse is a file system with one file, whose reads it never answers (include/uapi/linux/fuse.h).
type fuse struct {
	// device is the kernel's end.
	device int
	// read has something once a read waits.
	read chan struct{}
	// served is closed once nobody asks any more.
	served chan struct{}
}

// The questions that it answers, and one that it never does.
const (
	fuseLookup  = 1
	fuseForget  = 2
	fuseGetattr = 3
	fuseOpen    = 14
	fuseRead    = 15
	fuseInit    = 26
)

// newFuse is a file system that is not mounted yet.
func newFuse(t *testing.T) *fuse {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("no FUSE here: %v", err)
	}
	return &fuse{fd, make(chan struct{}, 1), make(chan struct{})}
}

// serve answers until the device, which is mounted by now, is closed.
func (f *fuse) serve(device *os.File) {
	defer close(f.served)
	request := make([]byte, 256<<10)
	for opens := uint32(0); ; {
		_, err := device.Read(request)
		if err != nil {
			return
		}
		order := binary.NativeEndian
		id := order.Uint64(request[8:16])
		answer := make([]byte, 16, 160)
		switch order.Uint32(request[4:8]) {
		case fuseInit:
			answer = order.AppendUint32(answer, 7)
			answer = order.AppendUint32(answer, 31)
			answer = append(answer, make([]byte, 56)...)
			order.PutUint32(answer[16+20:], 4096) // max_write
		case fuseLookup:
			answer = order.AppendUint64(answer, 2) // its node
			answer = append(answer, make([]byte, 32)...)
			answer = appendAttr(answer, 2)
		case fuseGetattr:
			answer = append(answer, make([]byte, 16)...)
			answer = appendAttr(answer, order.Uint64(request[16:24]))
		case fuseOpen:
			answer = append(answer, make([]byte, 8)...)
			answer = order.AppendUint32(answer, opens) // the second one past the cache: FOPEN_DIRECT_IO
			answer = append(answer, make([]byte, 4)...)
			opens++
		case fuseRead:
			select {
			case f.read <- struct{}{}:
			default:
			}
			continue
		case fuseForget:
			continue
		default:
			order.PutUint32(answer[4:8], ^uint32(unix.ENOSYS)+1)
		}
		order.PutUint32(answer[0:4], uint32(len(answer)))
		order.PutUint64(answer[8:16], id)
		if _, err := device.Write(answer); err != nil {
			return
		}
	}
}

// appendAttr appends a struct fuse_attr: node 1 is the root, any other the file.
func appendAttr(answer []byte, node uint64) []byte {
	order := binary.NativeEndian
	mode := uint32(unix.S_IFREG | 0o444)
	if node == 1 {
		mode = unix.S_IFDIR | 0o755
	}
	answer = order.AppendUint64(answer, node)
	answer = order.AppendUint64(answer, 4096) // its size
	answer = append(answer, make([]byte, 8+3*8+3*4)...)
	answer = order.AppendUint32(answer, mode)
	answer = order.AppendUint32(answer, 1)
	return append(answer, make([]byte, 5*4)...)
}
