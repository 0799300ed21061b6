package probe

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ConfigTargets are the servers that a zoo.cfg lists, without a look at any; there
// is one at least. overTLS prefers the ports for TLS. The error is a sentence for the user.
func ConfigTargets(ctx context.Context, door *hostfile.Door, path string, overTLS bool) ([]snapshot.Target, error) {
	config := thishost.Host{Door: door}.ReadFile(ctx, path)
	if !config.Seen() {
		return nil, errors.New(config.Failure.Text)
	}
	targets := configTargets(config.Value, nil, overTLS)
	if len(targets) == 0 {
		return nil, listsNone(path)
	}
	return targets, nil
}

// listsNone says that a configuration lists no server.
func listsNone(path string) error {
	return fmt.Errorf("%s: no server.N line and no clientPort: nothing to check", path)
}

// mayExplain reports whether a configuration that lists no server is worth a report all the
// same: on this host ZooKeeper dies of that (an empty dynamic file).
func mayExplain(here bool, file snapshot.Local) bool {
	none := func(p zoocfg.Problem) bool { return p.Kind == zoocfg.NoParticipants }
	return here && slices.ContainsFunc(file.Config.Value.Problems, none)
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
	shared := sharedHosts(targets)
	for i, t := range targets {
		if t.Assumed && shared[strings.ToLower(t.Host)] {
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

func memberTarget(
	member *zoocfg.Server, config *zoocfg.Config, claimed map[int64]*zoocfg.Config, overTLS bool,
) snapshot.Target {
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
