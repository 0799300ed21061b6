package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// workDir returns a directory for the servers that is not there yet, with a path
// short enough for the screen: .cache/demo in the module, as a rule. One demo at a
// time has it, until unlock; the kernel unlocks when the process is killed, and then
// the next demo removes what was left.
func workDir() (dir string, unlock func(), err error) {
	cache, err := zktest.DataHome()
	if err != nil {
		return "", nil, err
	}
	lock, err := os.Open(cache)
	if err != nil {
		return "", nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another demo is running in %s; wait for its end", cache)
	}
	dir = filepath.Join(cache, "demo")
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	return dir, func() { lock.Close() }, nil
}

// moduleRoot looks upwards from the working directory for go.mod.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod in %s or above: run the demo in the source tree of zkdoctor", start)
		}
	}
}

// portsFree tells whether servers on loopback addresses can have ZooKeeper's
// ports: a program that listens on all addresses has them on these too.
func portsFree() error {
	for _, port := range []string{"2181", "2888", "3888"} {
		l, err := net.Listen("tcp", net.JoinHostPort("127.77.0.1", port)) // zktest begins at 127.77.1.1
		if err != nil {
			return fmt.Errorf("port %s is taken (%w): stop the program that listens on it on all addresses, perhaps a ZooKeeper", port, err)
		}
		l.Close()
	}
	return nil
}
