package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Question is what the user asked about.
type Question struct {
	// Targets are servers named by hand; empty to take them from elsewhere.
	Targets []snapshot.Target
	// ConfigFile is a zoo.cfg that the user named; empty for none.
	ConfigFile string
	// Local is false when this host's files and processes are to be left alone.
	Local bool
	// LogFile is the log of this host's server, where that cannot be found by itself;
	// empty to look for it.
	LogFile string
	// Earlier is what an earlier look found on this host; nil for none. A disk that
	// still hangs since then is not looked at again.
	Earlier []snapshot.Local
	// TLS is how to speak it to the client ports; nil for plain text.
	TLS *tls.Config
	// Session, Admin and AdminPort are those of the Plan.
	Session   bool
	Admin     bool
	AdminPort int
	// Timeout bounds the look-up of names; 0 means DefaultTimeout.
	Timeout time.Duration
}

// SetupError is a question that cannot be asked: a file that cannot be read, no
// server named and none found. Its text is a sentence for the user.
type SetupError struct{ Text string }

func (e *SetupError) Error() string { return e.Text }

func setupErrorf(format string, args ...any) error {
	return &SetupError{fmt.Sprintf(format, args...)}
}

// Prepare finds out which servers the question is about and what this host tells
// of them. Servers come from the targets, or else from the file that the user
// named, or else from the ZooKeeper of this host: its processes, and where none
// runs, its configuration in the places that FindConfig knows. The error is a
// *SetupError.
func Prepare(ctx context.Context, q Question) (Plan, []snapshot.Local, error) {
	plan, local, err := prepare(ctx, q)
	if err == nil && q.LogFile != "" {
		err = nameLog(q.LogFile, local)
	}
	return plan, local, err
}

func prepare(ctx context.Context, q Question) (Plan, []snapshot.Local, error) {
	look := func(wanted func(snapshot.Local) bool) (local []snapshot.Local) {
		if q.Local {
			local = lookLocal(ctx, q.Earlier, wanted)
		}
		return local
	}
	var local []snapshot.Local
	plan := Plan{
		Plan: snapshot.Plan{
			Source: snapshot.FromTargets, Targets: q.Targets, Local: q.Local, Timeout: q.Timeout,
			Session: q.Session, Admin: q.Admin, AdminPort: q.AdminPort,
		},
		TLS: q.TLS, Sockets: true,
	}
	switch {
	case q.ConfigFile != "":
		file := lookConfig(ctx, q.ConfigFile, "--config", sameFile(q.Earlier, q.ConfigFile))
		if !file.Config.Seen() {
			return Plan{}, nil, unreadable(file, look(func(snapshot.Local) bool { return false }))
		}
		plan.Config = file.Config.Value
		local = look(func(l snapshot.Local) bool {
			return !l.Config.Seen() || mayMean(l.Config.Value, plan.Config) || belongs(plan, l)
		})
		if len(q.Targets) == 0 {
			plan.Source = snapshot.FromFile
			plan.Targets = configTargets(plan.Config, claims(plan.Config, local), q.TLS != nil)
		}
		if len(plan.Targets) == 0 {
			return Plan{}, nil, listsNone(q.ConfigFile)
		}
		compareNamed(local, file)
		local = append(local, unlessRunning(local, file)...)
	case len(q.Targets) == 0:
		if !q.Local {
			return Plan{}, nil, setupErrorf("no server named: give host names, or --config FILE")
		}
		return prepareHost(ctx, plan, look(nil), q.Earlier)
	default:
		plan.names = lookUp(ctx, plan.Timeout, hostsOf(plan, nil))
		local = look(func(l snapshot.Local) bool { return !l.Config.Seen() || belongs(plan, l) })
		if q.Local && len(local) == 0 {
			if path, source := FindConfig(os.DirFS("/"), os.Getenv); path != "" {
				local = []snapshot.Local{lookConfig(ctx, path, source, sameFile(q.Earlier, path))}
			}
		}
	}
	// The names of other ensembles on this host are nobody's question.
	asked := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool { return !belongs(plan, l) })
	plan.names = lookUpMore(ctx, plan.Timeout, plan.names, hostsOf(plan, asked))
	return plan, concerned(plan, local, q.Local), nil
}

// mayMean reports whether two configurations may be about one server: they share an
// address, or the directory of the data.
func mayMean(a, b *zoocfg.Config) bool {
	return sameEnsemble(a, b) || a.DataDir.IsSet() && a.DataDir.Value == b.DataDir.Value
}

func listsNone(path string) error {
	return setupErrorf("%s: no server.N line and no clientPort: nothing to look at", path)
}

// unreadable says why a configuration cannot be read, and what there is instead.
func unreadable(file snapshot.Local, local []snapshot.Local) error {
	lines := []string{file.Config.Failure.Text}
	if len(file.Beside) > 0 {
		lines = append(lines, "In its directory there is "+strings.Join(file.Beside, ", ")+".")
	}
	running := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool { return l.Process == nil || l.ConfigPath == "" || l.Process.Container })
	switch len(running) {
	case 0:
	case 1:
		lines = append(lines, fmt.Sprintf("The ZooKeeper that runs here (pid %d) has read %s.", running[0].Process.PID, running[0].ConfigPath))
	default:
		lines = append(lines, fmt.Sprintf("%d ZooKeepers run here; the first (pid %d) has read %s.", len(running), running[0].Process.PID, running[0].ConfigPath))
	}
	return setupErrorf("%s", strings.Join(lines, "\n"))
}

// ConfigTargets are the servers that a zoo.cfg lists, without a look at any; there
// is one at least. The error is a *SetupError.
func ConfigTargets(path string) ([]snapshot.Target, error) {
	config := hostFiles{}.readConfig(path)
	if !config.Seen() {
		return nil, setupErrorf("%s", config.Failure.Text)
	}
	targets := configTargets(config.Value, nil, false)
	if len(targets) == 0 {
		return nil, listsNone(path)
	}
	return targets, nil
}

// prepareHost answers the question that names nothing: this host's own ensemble.
func prepareHost(ctx context.Context, plan Plan, local, earlier []snapshot.Local) (Plan, []snapshot.Local, error) {
	if len(local) == 0 {
		path, source := FindConfig(os.DirFS("/"), os.Getenv)
		if path == "" {
			return Plan{}, nil, setupErrorf("no server named, and %s.\n"+
				"Name the servers (zkdoctor check zk1 zk2 zk3), or the file (zkdoctor check -c zoo.cfg).", foundNothing())
		}
		local = []snapshot.Local{lookConfig(ctx, path, source, sameFile(earlier, path))}
	}
	readable := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool { return !l.Config.Seen() })
	if len(readable) == 0 {
		return Plan{}, nil, unreadHost(local[0])
	}
	if first, other := readable[0], otherEnsemble(readable); other != nil {
		return Plan{}, nil, setupErrorf("this host runs servers of more than one ensemble; choose one with -c FILE:\n%s\n%s",
			describeEnsemble(first), describeEnsemble(*other))
	}
	plan.Source = snapshot.FromHost
	plan.Config = readable[0].Config.Value
	plan.Targets = configTargets(plan.Config, claims(plan.Config, readable), plan.TLS != nil)
	if len(plan.Targets) == 0 {
		return Plan{}, nil, listsNone(readable[0].ConfigPath)
	}
	plan.names = lookUp(ctx, plan.Timeout, hostsOf(plan, local))
	for i := range local {
		resolveMembers(plan.names, &local[i])
	}
	return plan, local, nil
}

// unreadHost says that this host's ZooKeeper has no configuration that can be read:
// then which servers are its ensemble is not known.
func unreadHost(l snapshot.Local) error {
	if l.Process != nil || !l.Config.FailedAs(snapshot.Absent) {
		return setupErrorf("a ZooKeeper was found on this host, and its configuration cannot be read:\n%s", l.Config.Failure.Text)
	}
	return setupErrorf("the ZooKeeper of this host cannot start (config-not-loaded): %s leads to a configuration that is not there.\n%s\n"+
		"Name the servers to see the ensemble without it (zkdoctor check zk1 zk2 zk3); zkdoctor explain config-not-loaded says what to do.",
		l.ConfigSource, unreadable(l, nil))
}

// foundNothing says what was looked for on this host.
func foundNothing() string {
	return "this host has no ZooKeeper that zkdoctor can find:\n" +
		"no Java process with QuorumPeerMain, and no configuration at " + strings.Join(searched(os.Getenv), ", ")
}

func describeEnsemble(l snapshot.Local) string {
	var hosts []string
	for _, t := range configTargets(l.Config.Value, nil, false) {
		hosts = append(hosts, nameOf(t))
	}
	pid := ""
	if l.Process != nil {
		pid = fmt.Sprintf("  (pid %d)", l.Process.PID)
	}
	return fmt.Sprintf("  -c %s%s  %s", l.Config.Value.Path, pid, strings.Join(hosts, " "))
}

// otherEnsemble finds a server of this host that shares no server.N address
// with the first one, or nil.
func otherEnsemble(local []snapshot.Local) *snapshot.Local {
	for i := 1; i < len(local); i++ {
		if !sameEnsemble(local[0].Config.Value, local[i].Config.Value) {
			return &local[i]
		}
	}
	return nil
}

// sameEnsemble reports whether two configurations list a common peer address.
// One common address is enough: divergent lists are a finding, not two ensembles.
func sameEnsemble(a, b *zoocfg.Config) bool {
	if a.Path == b.Path {
		return true
	}
	for _, s := range a.Servers {
		for _, t := range b.Servers {
			if slices.ContainsFunc(s.Addresses, func(x zoocfg.Address) bool { return slices.Contains(t.Addresses, x) }) {
				return true
			}
		}
	}
	return false
}

// unlessRunning is the configuration file as a server of this host that does not
// run, or nothing: when a process runs with that file, or when nothing ties the
// file to this host (its dataDir is not here, and none of its servers is).
func unlessRunning(local []snapshot.Local, file snapshot.Local) []snapshot.Local {
	for _, l := range local {
		// One whose process has just ended is that server too.
		if l.Config.Seen() && l.Config.Value.Path == file.Config.Value.Path || runsFor(&l, file) {
			return nil
		}
	}
	if file.DataDir.Seen() && file.DataDir.Value || listsAddr(file.Config.Value, file.Addrs.Value) {
		return []snapshot.Local{file}
	}
	return nil
}

// listsAddr reports whether a server.N line has one of these addresses,
// loopback apart: that is everybody's.
func listsAddr(config *zoocfg.Config, addrs []netip.Addr) bool {
	for _, s := range config.Servers {
		for _, a := range s.Addresses {
			if addr, err := netip.ParseAddr(a.Host); err == nil && !addr.IsLoopback() && slices.Contains(addrs, addr) {
				return true
			}
		}
	}
	return false
}

// concerned keeps what belongs to the ensemble asked about. A host may well ask
// about another ensemble than the one it is a member of.
func concerned(plan Plan, local []snapshot.Local, wanted bool) []snapshot.Local {
	var kept []snapshot.Local
	for _, l := range local {
		if !wanted || !belongs(plan, l) && !(len(local) == 1 && standsFor(plan, l)) {
			continue
		}
		resolveMembers(plan.names, &l)
		kept = append(kept, l)
	}
	return kept
}

// belongs reports whether a server of this host is of the ensemble asked about:
// their configurations share an address, or a target is among its server.N
// lines, or a target is its own client port.
func belongs(plan Plan, l snapshot.Local) bool {
	config := l.Config.Value
	if !l.Config.Seen() {
		return false
	}
	if plan.Config != nil && sameEnsemble(plan.Config, config) {
		return true
	}
	for _, t := range plan.Targets {
		addrs := plan.names[t.Host].Value
		for _, s := range config.Servers {
			for _, a := range s.Addresses {
				addr, _ := netip.ParseAddr(a.Host)
				if strings.EqualFold(a.Host, t.Host) || slices.Contains(addrs, addr) {
					return true
				}
			}
		}
		if t.Port == config.ClientPort.Value && slices.ContainsFunc(addrs, binds(&l, config.ClientPortAddress.Value)) ||
			t.Port == config.SecureClientPort.Value && slices.ContainsFunc(addrs, binds(&l, config.SecureClientPortAddress.Value)) {
			return true
		}
	}
	return false
}

// standsFor reports whether the only server of this host, whose configuration cannot
// be read, is of the ensemble asked about: just one target is at an address of this
// host, loopback apart.
func standsFor(plan Plan, l snapshot.Local) bool {
	if l.Config.Seen() || !l.Addrs.Seen() {
		return false
	}
	here := 0
	for _, t := range plan.Targets {
		if slices.ContainsFunc(plan.names[t.Host].Value, func(a netip.Addr) bool { return !a.IsLoopback() && slices.Contains(l.Addrs.Value, a) }) {
			here++
		}
	}
	return here == 1
}

// binds reports whether a client address is one at which the server of this host
// listens, by the address that it is told to bind: empty for all.
func binds(l *snapshot.Local, address string) func(netip.Addr) bool {
	bound, err := netip.ParseAddr(address)
	return func(addr netip.Addr) bool {
		switch {
		case err == nil && !bound.IsUnspecified():
			return addr == bound
		case addr.IsLoopback():
			return l.Process == nil || !l.Process.OtherNetwork
		}
		return slices.Contains(l.Addrs.Value, addr)
	}
}

// claims maps the ids that the servers of this host claim to their own
// configurations, as far as they are of the same ensemble as config. Ids claimed
// twice are left out: whose they are is the question.
func claims(config *zoocfg.Config, local []snapshot.Local) map[int64]*zoocfg.Config {
	claimed := map[int64]*zoocfg.Config{}
	twice := map[int64]bool{}
	for _, l := range local {
		if l.Process == nil || !l.Config.Seen() || !l.MyID.Seen() || !sameEnsemble(config, l.Config.Value) {
			continue
		}
		id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
		if err != nil {
			continue
		}
		twice[id] = claimed[id] != nil
		claimed[id] = l.Config.Value
	}
	for id := range twice {
		if twice[id] {
			delete(claimed, id)
		}
	}
	return claimed
}

// configTargets are the servers that a configuration lists; a standalone one
// lists itself. claimed are the configurations of servers of this host: each
// knows its own client port, where the file at hand can only assume that all
// use the same. overTLS prefers the ports for TLS.
func configTargets(config *zoocfg.Config, claimed map[int64]*zoocfg.Config, overTLS bool) []snapshot.Target {
	if len(config.Servers) == 0 {
		return standaloneTarget(config, overTLS)
	}
	var targets []snapshot.Target
	for i := range config.Servers {
		targets = append(targets, memberTarget(&config.Servers[i], config, claimed, overTLS))
	}
	// Several servers on one host cannot all have the port that the file names.
	// Whose it is, it does not say.
	for i, t := range targets {
		if t.Assumed && sharesHost(targets, i) {
			targets[i].Port = 0
		}
	}
	return targets
}

// choosesTLS reports whether a server is to be asked at its port for TLS: when it has
// one, and that is wanted or it has no other.
func choosesTLS(plain, secure int, wanted bool) bool { return secure > 0 && (wanted || plain <= 0) }

func standaloneTarget(config *zoocfg.Config, overTLS bool) []snapshot.Target {
	t := snapshot.Target{Host: config.ClientPortAddress.Value, Port: config.ClientPort.Value}
	if choosesTLS(t.Port, config.SecureClientPort.Value, overTLS) {
		t = snapshot.Target{Host: config.SecureClientPortAddress.Value, Port: config.SecureClientPort.Value, Secure: true}
	}
	if t.Port == 0 {
		return nil
	}
	if t.Host == "" || t.Host == "0.0.0.0" || t.Host == "::" {
		t.Host = "localhost"
	}
	return []snapshot.Target{t}
}

func memberTarget(member *zoocfg.Server, config *zoocfg.Config, claimed map[int64]*zoocfg.Config, overTLS bool) snapshot.Target {
	t := snapshot.Target{Member: member}
	own := claimed[member.ID]
	if own != nil {
		config = own
	}
	t.Host, t.Port = config.ClientAddress(member.ID)
	client, bound := member.Client, config.ClientPortAddress.Value
	if host, port := config.SecureClientAddress(member.ID); choosesTLS(t.Port, port, overTLS) {
		t.Host, t.Port, t.Secure = host, port, true
		client, bound = member.SecureClient, config.SecureClientPortAddress.Value
	}
	if t.Port == 0 {
		t.Host, t.Port = member.Addresses[0].Host, snapshot.DefaultClientPort
	}
	if own != nil && bound != "" && client == nil {
		t.Host = bound
	}
	if addr, err := netip.ParseAddr(t.Host); err == nil && addr.IsUnspecified() {
		t.Host = "localhost" // the wildcard stands for the host that the file is from
	}
	t.Assumed = client == nil && own == nil
	return t
}
