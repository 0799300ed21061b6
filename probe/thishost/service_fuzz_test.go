package thishost

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// FuzzBus: whatever answers at the socket of the bus, the question ends, in time.
func FuzzBus(f *testing.F) {
	reply := func(serial uint32, values ...any) []byte {
		m := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldReplySerial: dbus.MakeVariant(serial), dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(values...)),
		}, Body: values}
		var out bytes.Buffer
		if err := m.EncodeTo(&out, binary.LittleEndian); err != nil {
			f.Fatal(err)
		}
		data := out.Bytes()
		binary.LittleEndian.PutUint32(data[8:], serial+100) // its own serial, which 0 is not
		return data
	}
	f.Add(bytes.Join([][]byte{
		reply(1, ":1.1"), reply(2, dbus.ObjectPath("/a")), reply(3, dbus.MakeVariant("active")), reply(4, dbus.MakeVariant("running")),
		reply(5, dbus.MakeVariant("success")), reply(6, dbus.MakeVariant(int32(0))), reply(7, dbus.MakeVariant(int32(0))), reply(8, dbus.MakeVariant(uint32(1))),
	}, nil))
	f.Add(reply(1, ":1.1", []any{"x"}))
	f.Add([]byte("REJECTED\r\n"))
	f.Add([]byte("l\x01\x00\x01\xff\xff\xff\x07\x01\x00\x00\x00\xff\xff\xff\x07"))
	socket := filepath.Join(f.TempDir(), "bus")
	listener, err := new(net.ListenConfig).Listen(f.Context(), "unix", socket)
	if err != nil {
		f.Fatal(err)
	}
	defer listener.Close()
	f.Fuzz(func(t *testing.T, data []byte) {
		var peer sync.WaitGroup
		peer.Go(func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = conn.Write(append([]byte("REJECTED EXTERNAL\r\nOK 1234deadbeef\r\nAGREE_UNIX_FD\r\n"), data...))
			_ = conn.(*net.UnixConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		started := time.Now()
		got := askSystemd(ctx, socket, "zookeeper.service")
		if took := time.Since(started); took > 5*time.Second || !got.Tried {
			t.Errorf("%v after %v", got, took)
		}
		peer.Wait()
	})
}
