package thishost

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/fakesystemd"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestAskSystemd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	systemd := fakesystemd.Start(t, socket)
	systemd.Set(t, "zookeeper.service", fakesystemd.Properties{
		"ActiveState": "failed", "SubState": "failed", "Result": "exit-code",
		"ExecMainCode": int32(1), "ExecMainStatus": int32(3), "NRestarts": uint32(4),
	})
	got := askSystemd(t.Context(), socket, "zookeeper.service")
	want := snapshot.Service{Unit: "zookeeper.service", Active: "failed", Sub: "failed", Result: "exit-code", Code: 1, Status: 3, Restarts: 4}
	if !got.Seen() || got.Value != want {
		t.Errorf("got %+v %+v", got.Value, got.Failure)
	}

	// Before version 235 it has no NRestarts.
	systemd.Set(t, "zookeeper.service", fakesystemd.Properties{
		"ActiveState": "active", "SubState": "running", "Result": "success", "ExecMainCode": int32(0), "ExecMainStatus": int32(0),
	})
	if got := askSystemd(t.Context(), socket, "zookeeper.service"); !got.Seen() || got.Value.Active != "active" || got.Value.Restarts != 0 {
		t.Errorf("an old systemd: %+v %+v", got.Value, got.Failure)
	}
	// What it says is of another type.
	systemd.Set(t, "zk.service", fakesystemd.Properties{"ActiveState": int32(1)})
	if got := askSystemd(t.Context(), socket, "zk.service"); got.Seen() {
		t.Errorf("a foreign type: %+v", got.Value)
	}
	if got := askSystemd(t.Context(), socket, "other.service"); !got.FailedAs(snapshot.Absent) {
		t.Errorf("not loaded: %+v", got.Failure)
	}
}

func TestAskNoSystemd(t *testing.T) {
	dir := t.TempDir()
	deaf, err := net.Listen("unix", filepath.Join(dir, "deaf"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = deaf.Close() })
	for socket, want := range map[string]snapshot.FailureKind{"none": snapshot.Absent, "deaf": snapshot.Silent} {
		if got := askSystemd(t.Context(), filepath.Join(dir, socket), "zookeeper.service"); !got.FailedAs(want) {
			t.Errorf("%s: got %+v, want %s", socket, got.Failure, want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := askSystemd(ended, filepath.Join(dir, "deaf"), "zookeeper.service"); !got.FailedAs(snapshot.Silent) {
		t.Errorf("the run has ended: %+v", got.Failure)
	}
}
