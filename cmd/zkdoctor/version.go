package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the Makefile (-ldflags -X main.version=...).
var version = ""

// versionNumber is the version that was built in, or that of the module when
// zkdoctor was built by go install.
func versionNumber() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func versionText() string {
	return fmt.Sprintf("zkdoctor %s (%s, %s/%s)", versionNumber(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

type versionCmd struct{}

// Run prints what --version prints.
func (*versionCmd) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, versionText())
	return err
}
