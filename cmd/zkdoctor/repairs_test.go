package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// repair is data that is broken in some way, and the commands of a page that mend it.
type repair struct {
	name, slug string
	// only is nil where it holds on all releases.
	only func(version string) bool
	// damage breaks the files of a server that was killed.
	damage func(t *testing.T, p *broken)
	// says is what the server logs before it ends of that; empty: it starts in spite of it.
	says string
	// blocks are words of the blocks of the page that are run, in one shell.
	blocks []string
	stdin  string
	// prints is what they print.
	prints []string
}

// ofMembers are repairs of one server of three, which all have the same data after.
func ofMembers() []repair {
	return []repair{
		{
			name: "garbage in the newest log", slug: "txnlog-corrupt", damage: garbage(5), says: "Unreasonable length",
			blocks: []string{"| grep -E", "version-2.away"}, prints: []string{"Unreasonable length"},
		},
		{name: "newest log cut off", damage: cutOff(5)},
	}
}

// ofServersAlone are repairs of a server that has the only copy.
func ofServersAlone() []repair {
	return []repair{
		{
			name: "a flipped byte is taken as it is", slug: "txnlog-corrupt", damage: flip(5), says: "CRC check failed",
			blocks: []string{"| grep -E", "version-2.copy", ".fixed\" \"$F\""}, stdin: "Y\n",
			prints: []string{"CRC ERROR", "with 1 fixed CRC error(s)"},
		},
		{
			name: "a record is cut off with all behind it", slug: "txnlog-corrupt", damage: garbage(5), says: "Unreasonable length",
			blocks: []string{"| grep -E", "version-2.copy", ".fixed\" \"$F\""},
			prints: []string{"Unreasonable length"},
		},
	}
}

// TestRealOnceRepairs runs the commands of the pages, as they stand there, on data that is
// broken, and sees that the server then has its data.
func TestRealOnceRepairs(t *testing.T) {
	t.Parallel()
	for _, version := range []string{zktest.Oldest, zktest.Newest} {
		for servers, repairs := range map[int][]repair{1: ofServersAlone(), 3: ofMembers()} {
			t.Run(fmt.Sprintf("%s/%d", version, servers), func(t *testing.T) {
				t.Parallel()
				atOnce <- struct{}{}
				t.Cleanup(func() { <-atOnce })
				ens := zktest.StartT(t, zktest.Options{Version: version, Servers: servers, JVM: []string{"-Dzookeeper.preAllocSize=64"}})
				p := &broken{ens: ens, s: ens.Server(1), wrote: map[string]string{}}
				p.operator = newOperator(t, ens, p.s)
				for _, r := range repairs {
					if r.only == nil || r.only(version) {
						t.Run(r.name, func(t *testing.T) { p.treat(t, r) })
					}
				}
			})
		}
	}
}

// broken is an ensemble whose first server is broken again and again.
type broken struct {
	ens      *zktest.Ensemble
	s        *zktest.Server
	operator *operator
	// wrote is what each server must have.
	wrote map[string]string
	// last are the znodes of this repair, in their order.
	last []string
}

// treat breaks the server's data, mends it by the page, and sees that all is there.
func (p *broken) treat(t *testing.T, r repair) {
	p.write(t, strings.ReplaceAll(r.name, " ", "-"))
	must(t, p.s.Kill())
	logged := len(p.s.Log())
	r.damage(t, p)
	must(t, p.s.Start(t.Context()))
	if r.says != "" {
		must(t, p.ens.Wait(t.Context(), "the end of the server", func() bool { return !p.s.Running() }))
		if log := p.s.Log()[logged:]; !strings.Contains(log, r.says) {
			t.Errorf("the log has no %q:\n%s", r.says, log)
		}
	}
	var commands strings.Builder
	for _, words := range r.blocks {
		commands.WriteString(blockWith(t, r.slug, words))
	}
	printed := p.operator.run(t, commands.String(), r.stdin, p.places()...)
	for _, want := range r.prints {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q printed:\n%s", want, printed)
		}
	}
	must(t, p.ens.WaitServing(t.Context()))
	p.verify(t)
	p.forget(t)
}

// places are the places of a page that are others here.
func (p *broken) places() []string {
	if p.s.Version == zktest.Oldest { // without the script the page takes that of a later release
		return []string{"BIN=/opt/zookeeper/bin", "BIN=" + filepath.Join(p.operator.later, "bin")}
	}
	return nil
}

// write makes some znodes, each with its own value.
func (p *broken) write(t *testing.T, name string) {
	t.Helper()
	session, err := p.s.OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	p.last = nil
	for i := range 10 {
		path := fmt.Sprintf("/%s-%d", name, i)
		p.last, p.wrote[path] = append(p.last, path), "value of "+path
		must(t, session.Create(t.Context(), path, []byte(p.wrote[path]), false))
	}
	session.Drop()
}

// verify reads all znodes from all servers.
func (p *broken) verify(t *testing.T) {
	t.Helper()
	for _, s := range p.ens.Servers {
		session, err := s.OpenSession(t.Context(), 20*time.Second)
		must(t, err)
		for _, path := range slices.Sorted(maps.Keys(p.wrote)) {
			want := p.wrote[path]
			data, err := session.Data(t.Context(), path)
			if want == "" && err == nil || want != "" && (err != nil || string(data) != want) {
				t.Errorf("server.%d: %s = %q, %v; want %q", s.ID, path, data, err, want)
			}
		}
		session.Drop()
	}
}

// forget removes what the page has kept.
func (p *broken) forget(t *testing.T) {
	t.Helper()
	for _, dir := range []string{p.s.DataDir, p.s.DataLogDir} {
		for _, pattern := range []string{"version-2.*", "log.*"} {
			kept, err := filepath.Glob(filepath.Join(dir, pattern))
			must(t, err)
			for _, path := range kept {
				must(t, os.RemoveAll(path))
			}
		}
	}
}

// flip changes the last byte of the nth value in the newest log.
func flip(nth int) func(*testing.T, *broken) {
	return func(t *testing.T, p *broken) {
		path := p.last[nth]
		file, text, at := p.find(t, path)
		text[at+len(p.wrote[path])-1] ^= 1
		must(t, os.WriteFile(file, text, 0o644))
		p.wrote[path] = string(text[at : at+len(p.wrote[path])])
	}
}

// garbage overwrites the record of the nth value. What is in it and behind it is lost, where
// this is the only copy.
func garbage(nth int) func(*testing.T, *broken) {
	return func(t *testing.T, p *broken) {
		file, text, at := p.find(t, p.last[nth])
		begin := recordBefore(t, text, at)
		copy(text[begin:], bytes.Repeat([]byte{0x5a}, 64))
		must(t, os.WriteFile(file, text, 0o644))
		p.lose(nth)
	}
}

// cutOff ends the newest log within the nth value.
func cutOff(nth int) func(*testing.T, *broken) {
	return func(t *testing.T, p *broken) {
		file, _, at := p.find(t, p.last[nth])
		must(t, os.Truncate(file, int64(at)))
		p.lose(nth)
	}
}

// lose expects the znodes from the nth on no more, if there is no other server.
func (p *broken) lose(nth int) {
	if len(p.ens.Servers) == 1 {
		for _, path := range p.last[nth:] {
			p.wrote[path] = ""
		}
	}
}

// find returns the newest log, and where the value of a znode begins in it.
func (p *broken) find(t *testing.T, path string) (file string, text []byte, at int) {
	t.Helper()
	file = newestFile(t, p.s.DataLogDir, "log.")
	text, err := os.ReadFile(file)
	must(t, err)
	at = bytes.Index(text, []byte(p.wrote[path]))
	if at < 0 {
		t.Fatalf("%s has no %s", file, path)
	}
	return file, text, at
}

// recordBefore is where the record begins that has the byte in it: a checksum, a length,
// that many bytes, and B (FileTxnLog).
func recordBefore(t *testing.T, text []byte, at int) int {
	t.Helper()
	for begin := 16; begin+12 < len(text); {
		end := begin + 13 + int(binary.BigEndian.Uint32(text[begin+8:]))
		if at < end {
			return begin
		}
		begin = end
	}
	t.Fatalf("no record at %d", at)
	return 0
}
