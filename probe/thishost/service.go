package thishost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// busSocket is where the bus of the system listens, on every host with systemd.
	busSocket = "/run/dbus/system_bus_socket"
	// busTimeout bounds all questions to systemd together. It answers within
	// milliseconds.
	busTimeout = time.Second

	systemd = "org.freedesktop.systemd1"
)

// askSystemd asks for a unit that is loaded, which a running or failed one always is.
// It loads none, starts nothing and wants no right: everybody may read these.
func askSystemd(ctx context.Context, socket, unit string) snapshot.Obs[snapshot.Service] {
	started := time.Now()
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	s, err := readService(ctx, socket, unit)
	if err != nil {
		return snapshot.Failed[snapshot.Service](busFailure(ctx, unit, err), time.Since(started))
	}
	return snapshot.Saw(s, time.Since(started))
}

func readService(ctx context.Context, socket, unit string) (snapshot.Service, error) {
	s := snapshot.Service{Unit: unit}
	var d net.Dialer
	stream, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return s, err
	}
	defer stream.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = stream.SetDeadline(deadline) // a unix socket has deadlines
	}
	conn, err := dbus.NewConn(stream, dbus.WithContext(ctx))
	if err != nil {
		return s, err
	}
	defer conn.Close() //nolint:errcheck // only asked
	if err := conn.Auth(nil); err != nil {
		return s, err
	}
	if err := conn.Hello(); err != nil {
		return s, err
	}
	object := func(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
		return conn.Object(systemd, path).CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...)
	}
	var path dbus.ObjectPath
	if err := object("/org/freedesktop/systemd1", systemd+".Manager.GetUnit", unit).Store(&path); err != nil {
		return s, err
	}
	for _, property := range []struct {
		of, name string
		take     func(any) bool
	}{
		{"Unit", "ActiveState", into(&s.Active)},
		{"Unit", "SubState", into(&s.Sub)},
		{"Service", "Result", into(&s.Result)},
		{"Service", "ExecMainCode", into(&s.Code)},
		{"Service", "ExecMainStatus", into(&s.Status)},
		{"Service", "NRestarts", into(&s.Restarts)}, // systemd 235 and later
	} {
		var value dbus.Variant
		err := object(path, "org.freedesktop.DBus.Properties.Get", systemd+"."+property.of, property.name).Store(&value)
		failed, replied := errors.AsType[dbus.Error](err)
		switch {
		case replied && failed.Name == "org.freedesktop.DBus.Error.UnknownProperty":
		case err != nil:
			return s, err
		case !property.take(value.Value()):
			return s, fmt.Errorf("%s is a %s", property.name, value.Signature())
		}
	}
	return s, nil
}

// into takes a value of just that type.
func into[T any](target *T) func(any) bool {
	return func(value any) bool {
		v, ok := value.(T)
		if ok {
			*target = v
		}
		return ok
	}
}

func busFailure(ctx context.Context, unit string, err error) *snapshot.Failure {
	text := "systemd, " + unit + ": " + reason(err)
	failed, replied := errors.AsType[dbus.Error](err)
	switch {
	case replied && (strings.HasSuffix(failed.Name, ".NoSuchUnit") ||
		strings.HasSuffix(failed.Name, ".ServiceUnknown") || strings.HasSuffix(failed.Name, ".NameHasNoOwner")):
		return &snapshot.Failure{Kind: snapshot.Absent, Text: "systemd has not loaded " + unit + ", or does not run here"}
	case replied && strings.HasSuffix(failed.Name, ".AccessDenied"), errors.Is(err, fs.ErrPermission):
		return &snapshot.Failure{Kind: snapshot.Denied, Text: text}
	case replied:
		return &snapshot.Failure{Kind: snapshot.Protocol, Text: text}
	case errors.Is(err, fs.ErrNotExist):
		return &snapshot.Failure{
			Kind: snapshot.Absent, Text: "this host has no systemd to ask: " + busSocket + " is not there",
		}
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return &snapshot.Failure{Kind: snapshot.Silent, Text: "systemd, " + unit + ": no answer in time"}
	}
	return &snapshot.Failure{Kind: snapshot.Protocol, Text: text}
}
