package diag

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
	pages "github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func knownBadRule() rule {
	opened := func(s *snapshot.Server) { s.Opened = snapshot.Saw(snapshot.Opened{}, quick) }
	return rule{
		KnownBadVersion,
		[]fire{
			{"3.5.9", look(but(follower, runs("3.5.9")), leader, follower), "info proven zk1"},
			{"all alike: one remark", look(follower, leader, follower).as("3.5.10"), "info proven zk1 zk2 zk3"},
			{"3.5.6 alone", look(but(standalone, runs("3.5.6"))), "info proven zk1"},
			{"3.5.6 alone, and it trusts an empty folder", look(but(standalone, runs("3.5.6"))).onWith(1, zoo(0, "snapshot.trust.empty=true")), "warning proven zk1"},
			{"in other letters", look(but(standalone, runs("3.5.6"))).onWith(1, zoo(0, "snapshot.trust.empty=TRUE")), "warning proven zk1"},
			{"a vendor's, and it trusts an empty folder", look(but(standalone, runs("3.5.6-acme7"))).onWith(1, zoo(0, "snapshot.trust.empty=true")), "warning likely zk1"},
			{"without a quorum", look(follower, leader, but(looking, runs("3.5.0"))), "info proven zk3"},
			{"3.6.0 leads, and has committed nothing", look(follower, but(leader, runs("3.6.0"), wrote(7, 0)), follower), "info proven zk2"},
			{"a vendor's", look(but(follower, runs("3.8.3.7.1.9-12, built on 2024-01-01")), leader, follower), "info likely zk1"},
		},
		[]alike{
			{"3.9.5", healthy()},
			{"3.8.6", look(but(follower, runs("3.8.6")), leader, follower)},
			{"3.9.5 trusts an empty folder", look(standalone).onWith(1, zoo(0, "snapshot.trust.empty=true"))},
			{"3.8.3 alone", look(but(standalone, runs("3.8.3")))},
			{"3.9.6, and SASL", look(follower, leader, but(follower, runs("3.9.6"))).onWith(3, zoo(3, "quorum.auth.enableSasl=true"))},
			{"opened", look(follower, but(leader, wrote(7, 0), opened), follower)},
		},
		blindNetwork(),
	}
}

// idsSaid is what the rule says of a scene: one "severity: ids" for each finding. Ids are those
// of the table.
func idsSaid(s scene) []string {
	var all []string
	for _, f := range s.report().Findings {
		if f.Code != KnownBadVersion {
			continue
		}
		ids := []string{}
		for _, a := range advisory.Builtin() {
			if strings.Contains(f.Summary, a.ID) {
				ids = append(ids, a.ID)
			}
		}
		all = append(all, string(f.Severity)+": "+strings.Join(ids, " "))
	}
	slices.Sort(all)
	return all
}

// inSet is an ensemble of that release, of which the configuration of a follower is known
// where there is one.
func inSet(version string, lines ...string) scene {
	s := look(follower, leader, follower).as(version)
	if version == "3.8.4" || strings.HasPrefix(version, "3.9") || version == "3.6.0" || version == "3.5.6" {
		s = look(but(follower, runs(version)), but(leader, runs(version)), but(follower, runs(version)))
	}
	if len(lines) > 0 {
		s = s.onWith(3, zoo(3, lines...))
	}
	return s
}

// TestKnownBadRows: each row fires where a server is as it takes it, and nowhere else.
func TestKnownBadRows(t *testing.T) {
	t.Parallel()
	alone := func(version string, lines ...string) scene {
		return look(but(standalone, runs(version))).onWith(1, zoo(0, lines...))
	}
	const noAdmin = "admin.enableServer=false"
	stuck := look(follower, but(leader, runs("3.6.0"), wrote(7, 0)), follower)
	moving := look(follower, but(leader, runs("3.6.0"), wrote(7, 1)), follower)
	observed := func(own string) scene {
		return inSet("3.9.3", noAdmin, own, "server.0=zk9:2888:3888:observer")
	}
	for id, c := range map[string]struct{ fires, silent scene }{
		"ZOOKEEPER-4785": {inSet("3.8.4"), alone("3.8.4", noAdmin)},
		"ZOOKEEPER-4925": {inSet("3.9.3"), inSet("3.9.2")},
		"ZOOKEEPER-3911": {inSet("3.5.6"), inSet("3.5.10")},
		"ZOOKEEPER-3642": {inSet("3.6.0"), inSet("3.6.4")},
		"ZOOKEEPER-3644": {alone("3.5.6", "snapshot.trust.empty=true"), alone("3.5.6")},
		"ZOOKEEPER-4846": {inSet("3.9.3"), inSet("3.9.4")},
		"ZOOKEEPER-2332": {silent: inSet("3.8.6")},
		"ZOOKEEPER-4787": {silent: inSet("3.9.3")},
		"ZOOKEEPER-4886": {observed("quorum.auth.enableSasl=true"), observed("quorum.auth.enableSasl=false")},
		"ZOOKEEPER-4933": {inSet("3.9.3", noAdmin, "connection_throttle_tokens=10"), inSet("3.9.3", noAdmin, "connection_throttle_tokens=0")},
		"ZOOKEEPER-4736": {silent: inSet("3.9.4")},
		"ZOOKEEPER-2164": {inSet("3.6.0", "server.4=0.0.0.0:2888:3888"), inSet("3.6.0", "#")},
		"ZOOKEEPER-3829": {stuck, moving},
		"ZOOKEEPER-3758": {inSet("3.6.0"), look(follower, leader, but(follower, runs("3.6.0"))).onWith(3, zoo(3, "multiAddress.reachabilityCheckEnabled=false"))},
		"CVE-2023-44981": {inSet("3.9.0", noAdmin, "quorum.auth.enableSasl=true"), inSet("3.9.0", noAdmin)},
		"CVE-2024-23944": {inSet("3.9.1", noAdmin, "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider"), inSet("3.9.1", noAdmin)},
		"CVE-2024-51504": {inSet("3.9.2", "#"), inSet("3.9.2", noAdmin)},
		"CVE-2025-58457": {inSet("3.9.3", "#"), inSet("3.9.3", "admin.snapshot.enabled=false", "admin.restore.enabled=false")},
		"CVE-2026-24281": {inSet("3.9.4", "sslQuorum=true", "fips-mode=false"), inSet("3.9.4", "sslQuorum=true")},
		"CVE-2026-24308": {silent: inSet("3.9.4")},
		"EOL-3.4":        {inSet("3.4.10"), inSet("3.9.5")},
		"EOL-3.5":        {inSet("3.5.10"), inSet("3.9.5")},
		"EOL-3.6":        {inSet("3.6.4"), inSet("3.9.5")},
		"EOL-3.7":        {inSet("3.7.2"), inSet("3.8.6")},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			row, ok := advisory.Builtin().Find(id)
			if !ok || len(row.Sources) == 0 {
				t.Fatal("no such row, or it has no source")
			}
			never := row.Exposed == advisory.Unseen || row.Exposed == advisory.JavaClients
			if got := idsSaid(c.fires); !never && !strings.Contains(strings.Join(got, "\n"), id) {
				t.Errorf("fires: got %q", got)
			}
			if got := idsSaid(c.silent); strings.Contains(strings.Join(got, "\n"), id) {
				t.Errorf("silent: got %q", got)
			}
		})
	}
}

// TestKnownBadIsQuiet: one remark for all servers of which the same is known, and a warning
// only where data is at risk by what was seen.
func TestKnownBadIsQuiet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scene scene
		want  []string
	}{
		"all alike":      {inSet("3.9.3"), []string{"info: ZOOKEEPER-4925 ZOOKEEPER-4846"}},
		"two releases":   {look(follower, but(leader, runs("3.9.3")), but(follower, runs("3.5.10"))), []string{"info: ZOOKEEPER-4785 EOL-3.5", "info: ZOOKEEPER-4925 ZOOKEEPER-4846"}},
		"trusts nothing": {look(but(standalone, runs("3.5.6"))).onWith(1, zoo(0)), []string{"info: EOL-3.5"}},
		"trusts an empty folder": {
			look(but(standalone, runs("3.5.6"))).onWith(1, zoo(0, "snapshot.trust.empty=true")),
			[]string{"info: EOL-3.5", "warning: ZOOKEEPER-3644"},
		},
		"the newest": {healthy(), nil},
	} {
		if got := idsSaid(c.scene); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestPagesPointToRows: what a page says of zkdoctor advisories is there.
func TestPagesPointToRows(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`zkdoctor\s+advisories\s+([A-Z]+-[0-9-]+)`)
	found := 0
	for _, slug := range pages.Slugs() {
		text, _ := pages.Page(slug)
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			found++
			if _, ok := advisory.Builtin().Find(m[1]); !ok {
				t.Errorf("%s: %s is not in the table", slug, m[1])
			}
		}
	}
	if found < 6 {
		t.Errorf("%d pages point to a row", found)
	}
}

// TestNewerAdvisories: what a newer table says counts.
func TestNewerAdvisories(t *testing.T) {
	t.Parallel()
	newer, err := advisory.Parse("newer", []byte(`id: ACME-7
effect: data
releases: 3.9.5
exposed: connection-throttle
when: The throttle is on.
what: Data is lost.
fixed: 3.9.6
source: https://example.org/7
`))
	if err != nil {
		t.Fatal(err)
	}
	snap := healthy().onWith(3, zoo(3, "connection_throttle_tokens=10")).snap()
	r := Diagnose(snap, Options{Advisories: advisory.Builtin().With(newer)})
	if got := concluded(r, KnownBadVersion); !slices.Equal(got, []string{"warning proven zk3"}) || r.Verdict.ExitCode != report.ExitWarning {
		t.Errorf("got %q, exit %d", got, r.Verdict.ExitCode)
	}
	if got := concluded(Diagnose(snap, Options{}), KnownBadVersion); got != nil {
		t.Errorf("without it: %q", got)
	}
}
