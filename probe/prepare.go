package probe

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// prepare finds out which servers the question is about and what this host tells
// of them. Servers come from the targets, or else from the file that the user
// named, or else from the ZooKeeper of this host: its processes, and where none
// listens, its configuration in the places that thishost.FindConfig knows.
func prepare(ctx context.Context, q Question, before *snapshot.Snapshot) (*task, []snapshot.Local, error) {
	var earlier []snapshot.Local
	if before != nil {
		earlier = before.Local
	}
	t := &task{Question: q, plan: q.plan()}
	t.KeepLocal = q.KeepLocal && before != nil
	if t.KeepLocal {
		t.others = before.Others
	}
	local, err := findServers(ctx, t, earlier)
	if len(q.Targets) > 0 {
		if q.Adopt {
			t.adopt(ctx, local)
		}
		t.expand(before)
	}
	if !t.KeepLocal {
		for i := range local {
			local[i].MayRun = local[i].Process == nil && !t.others.All()
		}
	}
	switch {
	case err != nil:
		return nil, nil, err
	case t.KeepLocal:
		return t, earlier, nil
	case q.LogFile != "":
		err = t.nameLog(ctx, q.LogFile, local)
	}
	return t, local, err
}

// here reports whether this host is looked at now.
func (t *task) here() bool { return t.Local && !t.KeepLocal }

// findServers fills in the servers of the plan, and returns what was seen on this host of
// their ensemble. earlier is what an earlier look found there.
func findServers(ctx context.Context, t *task, earlier []snapshot.Local) ([]snapshot.Local, error) {
	found := new(thishost.Scanned)
	if t.here() {
		if t.ConfigFile == "" {
			t.names = lookUp(ctx, t.Timeout, hostsOf(t.plan.Targets, nil))
		}
		found = t.host().Scan(ctx, thishost.Asked{At: func() []netip.AddrPort { return t.askedAt(ctx) }})
		t.running = found.Servers
	}
	var local []snapshot.Local
	switch {
	case t.ConfigFile != "":
		var err error
		if local, err = findByFile(ctx, t, found, earlier); err != nil {
			return nil, err
		}
	case len(t.Targets) == 0:
		if !t.here() {
			return nil, fmt.Errorf("no server named: give host names, or --config FILE")
		}
		return findHostServers(ctx, t, found, earlier)
	default:
		t.names = lookUpMore(ctx, t.Timeout, t.names, hostsOf(t.plan.Targets, nil))
		local = findByTargets(ctx, t, found, earlier)
	}
	// The names of other ensembles on this host are nobody's question.
	belongs := t.ensembleOf(local)
	asked := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool { return !belongs(l) })
	t.names = lookUpMore(ctx, t.Timeout, t.names, hostsOf(t.plan.Targets, asked))
	return t.concerned(local, t.here()), nil
}

// findByFile answers the question about the ensemble of a file, or about servers that are of it.
func findByFile(
	ctx context.Context, t *task, found *thishost.Scanned, earlier []snapshot.Local,
) ([]snapshot.Local, error) {
	plan := &t.plan
	file := t.host().LookFile(ctx, t.ConfigFile, thishost.Named, earlier)
	if !file.Config.Seen() {
		return nil, unreadable(file, found.Servers)
	}
	plan.Config = file.Config.Value
	if file.Data.Value.Dir.Owner.Seen() {
		t.own = &file // of this host
	}
	belongs := t.ensembleOf(found.Servers)
	local := t.lookHere(ctx, found, earlier, func(l snapshot.Local) bool {
		return !l.Config.Seen() || mayMean(l.Config.Value, plan.Config) || belongs(l)
	})
	if len(t.Targets) == 0 {
		plan.Source = snapshot.FromFile
		known := local
		if t.KeepLocal {
			known = earlier
		}
		t.listTargets(ctx, known)
	}
	if len(plan.Targets) == 0 && !mayExplain(t.here(), file) {
		return nil, listsNone(t.ConfigFile)
	}
	t.host().CompareNamed(ctx, local, file)
	return append(local, unlessRunning(local, file)...), nil
}

// findByTargets looks at the servers of this host that are of the ensemble of the targets.
func findByTargets(ctx context.Context, t *task, found *thishost.Scanned, earlier []snapshot.Local) []snapshot.Local {
	belongs := t.ensembleOf(found.Servers)
	var file *snapshot.Local
	silent := func(l snapshot.Local) bool { return l.Listening() == snapshot.ListensNot && belongs(l) }
	if slices.ContainsFunc(found.Servers, silent) {
		if file = t.ownFile(ctx, earlier); file != nil && belongs(*file) {
			t.own = file
		}
	}
	local := t.lookHere(ctx, found, earlier, func(l snapshot.Local) bool { return !l.Config.Seen() || belongs(l) })
	if !t.here() || len(local) > 0 {
		return local
	}
	if file == nil {
		file = t.ownFile(ctx, earlier)
	}
	if file == nil {
		return nil
	}
	return []snapshot.Local{*file}
}

// lookHere looks closer at the processes of this host that are wanted.
func (t *task) lookHere(
	ctx context.Context, found *thishost.Scanned, earlier []snapshot.Local, wanted func(snapshot.Local) bool,
) (local []snapshot.Local) {
	if t.here() {
		local, t.others = found.Look(ctx, earlier, t.unwanted(wanted))
	}
	return local
}

// unwanted says of a process of this host why it is not looked at; empty where it is.
func (t *task) unwanted(wanted func(snapshot.Local) bool) func(snapshot.Local) snapshot.OtherReason {
	return func(l snapshot.Local) snapshot.OtherReason {
		switch {
		case !wanted(l):
			return snapshot.OtherEnsemble
		case t.own != nil && !thishost.MayBe(l, *t.own):
			return snapshot.NotOwner
		}
		return ""
	}
}

// ownFile is the configuration that this host has; nil for none.
func (t *task) ownFile(ctx context.Context, earlier []snapshot.Local) *snapshot.Local {
	path, source := t.host().FindConfig(ctx)
	if path == "" {
		return nil
	}
	file := t.host().LookFile(ctx, path, source, earlier)
	return &file
}

// askedAt is where the servers take clients that the question names.
func (t *task) askedAt(ctx context.Context) []netip.AddrPort {
	if t.ConfigFile != "" {
		return t.host().InFile(ctx, t.ConfigFile)
	}
	return t.places()
}

// findHostServers answers the question that names nothing: this host's own ensemble.
func findHostServers(
	ctx context.Context, t *task, found *thishost.Scanned, earlier []snapshot.Local,
) ([]snapshot.Local, error) {
	plan := &t.plan
	t.others = found.Others
	servers := t.hostServers(ctx, found.Servers, earlier)
	if len(servers) == 0 {
		return nil, fmt.Errorf("no server named, and %s.\n"+ //nolint:staticcheck // sentences for the user
			"Name the servers (zkdoctor check zk1 zk2 zk3), or the file (zkdoctor check -c zoo.cfg).", found.NothingFound())
	}
	chosen, err := chooseServer(servers)
	if err != nil {
		return nil, err
	}
	var local []snapshot.Local
	if len(found.Servers) > 0 {
		local, t.others = found.Look(ctx, earlier, t.unwanted(func(l snapshot.Local) bool {
			return !l.Config.Seen() || sameEnsemble(chosen.Config.Value, l.Config.Value)
		}))
	}
	if chosen.Process == nil && !isRunning(local, chosen) {
		local = append(local, chosen)
	}
	plan.Source = snapshot.FromHost
	plan.Config = chosen.Config.Value
	t.listTargets(ctx, local)
	if len(plan.Targets) == 0 && !mayExplain(true, chosen) {
		return nil, listsNone(chosen.ConfigPath)
	}
	t.names = lookUpMore(ctx, t.Timeout, t.names, hostsOf(plan.Targets, local))
	for i := range local {
		resolveMembers(t.names, &local[i])
	}
	return local, nil
}
