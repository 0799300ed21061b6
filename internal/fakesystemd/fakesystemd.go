// Package fakesystemd is a stand-in for systemd on a real bus, for tests: it tells of
// units what a test gives it, over a D-Bus daemon of its own.
package fakesystemd

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// Properties are what org.freedesktop.systemd1.Unit and .Service have of a unit, by
// name, in D-Bus's own types: uint32 for NRestarts, int32 for ExecMainStatus.
type Properties map[string]any

// Manager is the stand-in.
type Manager struct {
	conn *dbus.Conn

	mu    sync.Mutex
	units map[dbus.ObjectPath]Properties
}

// config is a bus that lets everybody do everything, beside a socket.
const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <listen>unix:path=SOCKET</listen>
 <auth>EXTERNAL</auth>
 <policy context="default">
  <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
 </policy>
</busconfig>
`

// Start starts a bus that listens on a socket, and systemd on it, both until the test
// ends. Without dbus-daemon the test is skipped, or fails where that must not be.
func Start(t testing.TB, socket string) *Manager {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bus.conf")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(config, "SOCKET", socket)), 0o600); err != nil {
		t.Fatal(err)
	}
	starter := pdeathsig.New()
	t.Cleanup(starter.Close)
	daemon := exec.Command("dbus-daemon", "--config-file="+file, "--nofork", "--nosyslog", "--print-address=1")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(daemon); err != nil {
		if errors.Is(err, exec.ErrNotFound) && !zktest.Required() {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = daemon.Process.Kill(), daemon.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil { // it writes once it listens
		t.Fatalf("dbus-daemon: %v", err)
	}
	conn, err := dbus.Connect("unix:path=" + socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := &Manager{conn: conn, units: map[dbus.ObjectPath]Properties{}}
	if err := conn.Export(m, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.systemd1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return m
}

func pathOf(unit string) dbus.ObjectPath {
	return dbus.ObjectPath("/org/freedesktop/systemd1/unit/" + strings.NewReplacer(".", "_2e", "-", "_2d").Replace(unit))
}

// Set makes a unit, or changes what is told of it.
func (m *Manager) Set(t testing.TB, unit string, p Properties) {
	t.Helper()
	path := pathOf(unit)
	m.mu.Lock()
	m.units[path] = p
	m.mu.Unlock()
	if err := m.conn.Export(properties{m, path}, path, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
}

// GetUnit is systemd's: the object of a unit that is loaded.
func (m *Manager) GetUnit(name string) (dbus.ObjectPath, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path := pathOf(name); m.units[path] != nil {
		return path, nil
	}
	return "", dbus.NewError("org.freedesktop.systemd1.NoSuchUnit", []any{"Unit " + name + " not loaded."})
}

type properties struct {
	m    *Manager
	path dbus.ObjectPath
}

// Get is that of org.freedesktop.DBus.Properties.
func (p properties) Get(_, name string) (dbus.Variant, *dbus.Error) {
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	v, ok := p.m.units[p.path][name]
	if !ok {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", []any{name})
	}
	return dbus.MakeVariant(v), nil
}
