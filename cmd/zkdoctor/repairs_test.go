package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// repair is data that is broken in some way, and the commands of a page that repair it.
type repair struct {
	name, slug string
	// only is nil where it holds on all releases.
	only func(version string) bool
	// damage breaks the files of a server that was killed; nil: the server runs on.
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
			blocks: []string{"| grep -aE", "version-2.away"}, prints: []string{"Unreasonable length"},
		},
		{name: "newest log cut off", damage: cutOff(5)},
		{
			name: "accepted epoch before the current one", slug: "epoch-mismatch", only: only34, damage: files(epoch("acceptedEpoch", "0")),
			says: "accepted epoch", blocks: []string{"od -An", "LogFormatter", "version-2.away"}, prints: []string{"current:    1", "zxid 0x1000000"},
		},
		{
			name: "current epoch before the data's", slug: "epoch-mismatch", only: from35, damage: files(epoch("currentEpoch", "0")),
			says: "current epoch", blocks: []string{"od -An", "zkTxnLogToolkit", "version-2.away"}, prints: []string{"accepted:    1", "zxid 0x1000000"},
		},
		{
			name: "snapshots removed from one server", slug: "no-snapshot", only: from35, damage: files(removeSnapshots),
			says: "No snapshot found", blocks: []string{"ls -ltr", "version-2.away"}, prints: []string{"log.1000000"},
		},
		{
			name: "data of another ensemble", slug: "foreign-data", damage: files(epoch("acceptedEpoch", "99")),
			blocks: []string{"acceptedEpoch", "SnapshotFormatter", "version-2.away"}, prints: []string{"99", "\n/large\n"},
		},
		{
			name: "snapshots of two servers", slug: "data-digest-mismatch", only: newer, blocks: []string{"curl -sf", "zkSnapshotComparer"},
			prints: []string{"All layers compared."},
		},
		{name: "the largest znodes", slug: "oversize-znode-or-packet", blocks: []string{"SnapshotFormatter"}, prints: []string{"\n100000 /large\n"}},
	}
}

// ofServersAlone are repairs of a server that has the only copy.
func ofServersAlone() []repair {
	newestLog := []string{"| grep -aE", "version-2.copy", ".fixed\" \"$F\""}
	return []repair{
		{
			name: "a flipped byte is taken as it is", slug: "txnlog-corrupt", damage: flip(5), says: "CRC check failed",
			blocks: newestLog, stdin: "Y\n", prints: []string{"CRC ERROR", "with 1 fixed CRC error(s)"},
		},
		{
			name: "a flipped byte is cut off with all behind it", slug: "txnlog-corrupt", only: newer, damage: flipAndLose(5), says: "CRC check failed",
			blocks: newestLog, stdin: "A\n", prints: []string{"CRC ERROR", "Recovery aborted"},
		},
		{
			name: "garbage is cut off with all behind it", slug: "txnlog-corrupt", only: newer, damage: garbage(5), says: "Unreasonable length",
			blocks: newestLog, prints: []string{"Unreasonable length"},
		},
		{name: "newest snapshot broken inside", only: from35, damage: breakSnapshot},
		{name: "newest snapshot empty", only: from35, damage: emptySnapshot},
		{
			name: "what there is, level by level", slug: "dataset-large", only: newer, blocks: []string{"zkSnapshotRecursiveSummaryToolkit"},
			prints: []string{" /\n   children: ", "-- /zookeeper\n"},
		},
		{
			name: "two snapshots of one server", slug: "data-digest-mismatch", only: newer, blocks: []string{"zkSnapshotComparer"},
			prints: []string{"Node  found in both trees. Delta: ", "found only in right tree.", "All layers compared."},
		},
		{
			name: "all snapshots lost", slug: "no-snapshot", only: from35, damage: files(removeSnapshots), says: "No snapshot found",
			blocks: []string{"ls -ltr", "grep -am 1", "trust.empty"}, prints: []string{"\nzxid 0x1\n", "snapshot.trust.empty=true"},
		},
		{
			name: "a lost jute.maxbuffer", slug: "data-unreasonable-length", damage: withoutMaxBuffer, says: "Unreasonable length = 30000",
			blocks: []string{"zkTxnLogToolkit", "java.env"}, prints: []string{"EOF reached after "},
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
				ens := zktest.StartT(t, zktest.Options{Version: version, Servers: servers, Admin: true, JVM: []string{"-Dzookeeper.preAllocSize=64"}})
				p := &broken{ens: ens, s: ens.Server(1), wrote: map[string]string{}}
				p.operator = newOperator(t, ens, p.s)
				p.create(t, "/large", make([]byte, 100_000))
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

// treat breaks the server's data, repairs it by the page, and sees that all is there.
func (p *broken) treat(t *testing.T, r repair) {
	if r.damage != nil {
		p.breakIt(t, r)
	}
	var commands strings.Builder
	for _, words := range r.blocks {
		commands.WriteString(blockWith(t, r.slug, words))
	}
	printed := p.operator.run(t, commands.String(), r.stdin, p.places(t)...)
	for _, want := range r.prints {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q printed:\n%s", want, printed)
		}
	}
	if !p.s.Running() { // of a page that leaves the start to its reader
		must(t, p.operator.start(t))
	}
	must(t, p.ens.WaitServing(t.Context()))
	p.verify(t)
	p.forget(t)
}

// breakIt ends the server, breaks its files, and sees what its next start makes of them.
func (p *broken) breakIt(t *testing.T, r repair) {
	t.Helper()
	p.write(t, strings.ReplaceAll(r.name, " ", "-"))
	must(t, p.s.Kill())
	r.damage(t, p)
	logged := len(p.s.Log())
	must(t, p.s.Start(t.Context()))
	if r.says == "" {
		return
	}
	must(t, p.ens.Wait(t.Context(), "the end of the server", func() bool { return !p.s.Running() }))
	if log := p.s.Log()[logged:]; !strings.Contains(log, r.says) {
		t.Errorf("the log has no %q:\n%s", r.says, log)
	}
}

// places are the places of a page that are others here.
func (p *broken) places(t *testing.T) []string {
	t.Helper()
	var places []string
	if len(p.ens.Servers) > 1 {
		places = []string{"http://zk1:", "http://" + p.ens.Server(1).Addr + ":", "http://zk2:", "http://" + p.ens.Server(2).Addr + ":"}
	} else if snapshots := byZxid(t, p.s.DataDir, "snapshot."); len(snapshots) > 0 { // 3.4 begins without
		places = []string{"-l zk1.snap", "-l " + snapshots[0], "-r zk2.snap", "-r " + snapshots[len(snapshots)-1]}
	}
	if p.s.Version == zktest.Oldest { // without the script the page takes that of a later release
		places = append(places, "BIN=/opt/zookeeper/bin", "BIN="+filepath.Join(p.operator.later, "bin"))
	}
	return places
}

// write makes some znodes, each with its own value.
func (p *broken) write(t *testing.T, name string) {
	t.Helper()
	p.last = nil
	for i := range 10 {
		p.last = append(p.last, fmt.Sprintf("/%s-%d", name, i))
	}
	for _, path := range p.last {
		p.create(t, path, []byte("value of "+path))
	}
}

// create makes a znode.
func (p *broken) create(t *testing.T, path string, value []byte) {
	t.Helper()
	session, err := p.s.OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	defer session.Drop()
	must(t, session.Create(t.Context(), path, value, false))
	p.wrote[path] = string(value)
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

// flipAndLose does that where nothing from there on is kept.
func flipAndLose(nth int) func(*testing.T, *broken) {
	return func(t *testing.T, p *broken) {
		flip(nth)(t, p)
		p.lose(nth)
	}
}

// files is damage that needs to know of the server alone.
func files(change func(*testing.T, *zktest.Server)) func(*testing.T, *broken) {
	return func(t *testing.T, p *broken) { change(t, p.s) }
}

// breakSnapshot changes a byte of the newest snapshot; the logs reach back to the one before.
func breakSnapshot(t *testing.T, p *broken) {
	file := newestOf(t, p.s.DataDir, "snapshot.")
	text, err := os.ReadFile(file)
	must(t, err)
	text[len(text)/2] ^= 1
	must(t, os.WriteFile(file, text, 0o644))
}

// emptySnapshot leaves nothing of the newest snapshot.
func emptySnapshot(t *testing.T, p *broken) {
	must(t, os.Truncate(newestOf(t, p.s.DataDir, "snapshot."), 0))
}

// withoutMaxBuffer has the server write a long value, with an option that it then loses.
func withoutMaxBuffer(t *testing.T, p *broken) {
	before := p.s.JVM
	p.s.JVM = append(slices.Clone(before), "-Djute.maxbuffer=4194304")
	must(t, p.s.Start(t.Context()))
	must(t, p.ens.WaitServing(t.Context()))
	session, err := p.s.OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	// From disk 3.5.10 and later read twice what the option says.
	must(t, session.Create(t.Context(), "/long", make([]byte, 3_000_000), false))
	session.Drop()
	must(t, p.s.Kill())
	p.s.JVM = before
}

// newestOf is the file of a kind with the highest zxid in the version-2 below dir.
func newestOf(t *testing.T, dir, prefix string) string {
	t.Helper()
	files := byZxid(t, dir, prefix)
	return files[len(files)-1]
}

// byZxid are all files of a kind, by rising zxid: 9 is before 1a.
func byZxid(t *testing.T, dir, prefix string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "version-2", prefix+"*"))
	must(t, err)
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return files
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
	file = newestOf(t, p.s.DataLogDir, "log.")
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

// TestEveryToolOfAPageIsRun: no page shows a command of ZooKeeper's tools that was not tried.
func TestEveryToolOfAPageIsRun(t *testing.T) {
	t.Parallel()
	tool := regexp.MustCompile(`zk(TxnLog|Snap)\w+\.sh|\.(Log|Snapshot)Formatter|commands/snapshot`)
	repairs := slices.Concat(ofMembers(), ofServersAlone())
	for _, slug := range findings.Slugs() {
		for _, block := range blocksOf(t, slug) {
			run := slices.ContainsFunc(repairs, func(r repair) bool {
				return r.slug == slug && slices.ContainsFunc(r.blocks, func(words string) bool { return strings.Contains(block, words) })
			})
			if tool.MatchString(block) && !run {
				t.Errorf("%s: no repair runs\n%s", slug, block)
			}
		}
	}
}
