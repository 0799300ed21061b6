package thishost

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const (
	// maxProcesses is how many processes of a host are looked at: more ZooKeepers than a
	// laboratory runs on one, and few enough when another user starts thousands that look so.
	maxProcesses = 64
	// configsAtOnce is how many configurations are read together: one that hangs costs the
	// others their word.
	configsAtOnce = 64
)

// candidate is a process that may get a place, and where it listens.
type candidate struct {
	localProcess
	listens []netip.AddrPort
	// elsewhere: in a network of its own, where it can have any address.
	elsewhere bool
}

// mostLikely are the first maxProcesses of those found, in the order of PID. Where there are
// more, those that are asked about come first: where they listen, no other process can. Then
// users take turns, each with those that listen where they say before those that listen
// anywhere, and those before the ones that do not: another user's crowd, whatever it does,
// leaves a server its place. left are all others.
func (h Host) mostLikely(ctx context.Context, found []localProcess, asked Asked) (kept, left []localProcess) {
	kept = found
	if len(found) > maxProcesses {
		kept = make([]localProcess, len(found))
		for i, c := range h.ranked(ctx, found, asked) {
			kept[i] = c.localProcess
		}
		kept, left = kept[:maxProcesses], kept[maxProcesses:]
	}
	slices.SortFunc(kept, func(a, b localProcess) int { return a.PID - b.PID })
	return kept, left
}

// ranked are those found, the most likely ones first.
func (h Host) ranked(ctx context.Context, found []localProcess, asked Asked) []candidate {
	at, tables := asked.at(), listenerTables{}
	var meant, listening, silent []candidate
	for _, p := range found {
		c := candidate{localProcess: p}
		if ctx.Err() == nil {
			c.listens = tables.ofProcess(ctx, h, p.PID)
			c.elsewhere = len(c.listens) > 0 && otherNamespace(p.PID, "net", p.Container)
		}
		switch {
		case slices.Contains(asked.Seen, p.PID), !c.elsewhere && c.listensAt(at):
			meant = append(meant, c)
		case len(c.listens) > 0:
			listening = append(listening, c)
		default:
			silent = append(silent, c)
		}
	}
	turns := func(all []candidate) []candidate { return byTurns(all, func(c candidate) uint64 { return c.owner }) }
	asSaid, other := h.byConfig(ctx, turns(listening), at)
	return slices.Concat(turns(meant), turns(slices.Concat(asSaid, other, silent)))
}

// listensAt reports whether it listens at one of these places; an unspecified address is all.
func (c *candidate) listensAt(at []netip.AddrPort) bool {
	return slices.ContainsFunc(c.listens, func(own netip.AddrPort) bool {
		return slices.ContainsFunc(at, func(a netip.AddrPort) bool {
			return a.Port() == own.Port() && (a.Addr() == own.Addr() || a.Addr().IsUnspecified() || own.Addr().IsUnspecified())
		})
	})
}

// listensOn reports whether it listens on one of these ports.
func (c *candidate) listensOn(ports []uint16) bool {
	return slices.ContainsFunc(c.listens, func(own netip.AddrPort) bool { return slices.Contains(ports, own.Port()) })
}

// byConfig tells those that listen on a port that their configuration, or their command line,
// has for clients, or at one of the places asked about, from others. What ctx leaves no time
// for is one of the others.
func (h Host) byConfig(ctx context.Context, all []candidate, at []netip.AddrPort) (asSaid, other []candidate) {
	said := make([]bool, len(all))
	var batches batches
	for i := range all {
		c := &all[i]
		said[i] = c.listensAt(at) || c.port > 0 && c.listensOn([]uint16{c.port})
		if !said[i] && c.configPath != "" {
			batches.add(ctx, i, c)
		}
	}
	for _, b := range batches.all {
		for n, ports := range h.clientPorts(ctx, b) {
			said[b.of[n]] = said[b.of[n]] || all[b.of[n]].listensOn(ports)
		}
	}
	for i, c := range all {
		if said[i] {
			asSaid = append(asSaid, c)
		} else {
			other = append(other, c)
		}
	}
	return asSaid, other
}

// batch are configurations that are read together: of the candidates with these numbers, by
// the eyes of the first of them.
type batch struct {
	files hostFiles
	of    []int
	paths []string
}

// batches have those of one user together, as long as his processes have the same files.
type batches struct {
	all  []*batch
	last map[uint64]*batch
}

func (b *batches) add(ctx context.Context, i int, c *candidate) {
	if ctx.Err() != nil {
		return
	}
	path := c.configPath
	if !filepath.IsAbs(path) {
		dir, err := os.Readlink(filepath.Join(procOf(c.PID), "cwd"))
		if err != nil {
			return
		}
		path = filepath.Join(dir, path)
	}
	into := b.last[c.owner]
	own, _ := otherRoot(c.PID, c.Container)
	if own || into == nil || len(into.of) == configsAtOnce {
		into = &batch{files: c.quickFiles(own)}
		b.all = append(b.all, into)
	}
	into.of, into.paths = append(into.of, i), append(into.paths, path)
	if b.last == nil {
		b.last = map[uint64]*batch{}
	}
	if !own {
		b.last[c.owner] = into
	}
}

// quickFiles are the files of a process as far as it takes to give it a place: nothing that is
// read there is told. own: it has mounts of its own.
func (c *candidate) quickFiles(own bool) hostFiles {
	var f hostFiles
	if own {
		f.root = filepath.Join(procOf(c.PID), "root")
	}
	if os.Geteuid() != 0 {
		return f
	}
	denied := &snapshot.Failure{Kind: snapshot.Denied, Text: "its rights are not known"}
	status, err := os.ReadFile(filepath.Join(procOf(c.PID), "status"))
	if err != nil {
		return hostFiles{denied: denied}
	}
	ids, err := parseIdentity(status)
	if err != nil || ids.mixed() || uint64(ids.uids[0]) != c.uid {
		return hostFiles{denied: denied}
	}
	f.rights = &hostfile.Rights{UID: ids.uids[0], GID: ids.gids[0], Groups: ids.groups}
	return f
}

// clientPorts are those that the configurations of a batch name; nil for one that is not read.
func (h Host) clientPorts(ctx context.Context, b *batch) [][]uint16 {
	if ctx.Err() != nil {
		return nil
	}
	paths := b.paths
	named, _ := see(ctx, h, b.files, "configurations", func(f hostFiles) [][]uint16 {
		named := make([][]uint16, len(paths))
		for i, path := range paths {
			if ctx.Err() == nil {
				named[i] = f.clientPorts(path)
			}
		}
		return named
	}, func(*snapshot.Failure) [][]uint16 { return nil })
	return named
}

// clientPorts are those that a configuration and its dynamic file name.
func (f hostFiles) clientPorts(path string) []uint16 {
	file := readWhole(f, path)
	if file.failure != nil {
		return nil
	}
	config := zoocfg.Parse(path, file.data)
	if dynamic := config.DynamicConfigFile; dynamic.IsSet() {
		if file := readWhole(f, dynamic.Value); file.failure == nil {
			config.AddDynamic(dynamic.Value, file.data)
		}
	}
	var ports []uint16
	for _, at := range clientPlaces(config) {
		ports = append(ports, at.Port())
	}
	return ports
}
