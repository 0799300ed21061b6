package diag

import (
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// versions are those that replies were recorded of.
func versions(t testing.TB) []string {
	t.Helper()
	servers, err := recorded.Servers()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range servers {
		all = append(all, s.Version)
	}
	all = slices.Compact(all)
	if len(all) < 6 {
		t.Fatalf("recorded versions: %v", all)
	}
	return all
}

// TestHealthyVersions: a healthy ensemble of any version gives no finding above
// info, from outside and on one of its hosts.
func TestHealthyVersions(t *testing.T) {
	t.Parallel()
	for _, version := range versions(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := look(follower, follower, leader, observer).observing(4).as(version)
			for name, s := range map[string]scene{
				"targets": s, "two looks": s.twice(), "its own hosts": s.onWith(3, observed()).onWith(1, observed()),
				"file": s.file(observed()),
			} {
				r := s.report()
				checkReport(t, r)
				if got := digest(r); len(got) != 1 || r.Verdict.ExitCode != report.ExitOK || r.Verdict.Spare == nil || *r.Verdict.Spare != 1 {
					t.Errorf("%s: %v", name, got)
				}
				if !slices.Equal(r.Verdict.Leaders, []string{"zk3"}) || !slices.Equal(r.Verdict.LeaderIDs, []int64{3}) {
					t.Errorf("%s: leaders %v, ids %v", name, r.Verdict.Leaders, r.Verdict.LeaderIDs)
				}
			}
		})
	}
}

func observed() string { return zoo(3, "server.4=zk4:2888:3888:observer") }

// TestHealthyView: what a healthy row of the table says.
func TestHealthyView(t *testing.T) {
	t.Parallel()
	r := look(follower, leader, observer).observing(3).report()
	for i, want := range []struct {
		role   report.Role
		voter  bool
		quorum report.PortState
	}{{report.Follower, true, report.PortNotExpected}, {report.Leader, true, report.PortOpen}, {report.Observer, false, report.PortNotExpected}} {
		v := r.Servers[i]
		if v.Role != want.role || v.Voter == nil || *v.Voter != want.voter || v.Ports.Quorum.State != want.quorum ||
			v.Serving == nil || !*v.Serving || v.Inferred || v.Note != "" || v.Ports.Client.State != report.PortOpen || v.Ports.Election.State != report.PortOpen {
			t.Errorf("%s: got %+v, want %+v", v.Name, v, want)
		}
		// Before the first write of an epoch a learner shows an older zxid and is
		// not behind.
		if v.Lag != nil && *v.Lag != 0 {
			t.Errorf("%s: lag %d", v.Name, *v.Lag)
		}
	}
}

// TestStandaloneVersions: one server on purpose, of any version.
func TestStandaloneVersions(t *testing.T) {
	t.Parallel()
	for _, version := range versions(t) {
		for name, s := range map[string]scene{
			"remote": look(standalone).as(version), "here": look(standalone).as(version).onWith(1, zoo(0)),
		} {
			r := s.report()
			if got := digest(r); len(got) != 1 || r.Verdict.State != report.Serving || r.Verdict.ExitCode != report.ExitOK {
				t.Errorf("%s, %s: %v", version, name, got)
			}
		}
	}
}

// TestLostVersions: no version's way to say that it does not serve is taken for
// anything else. It answers nothing else either, which is no finding.
func TestLostVersions(t *testing.T) {
	t.Parallel()
	for _, version := range versions(t) {
		r := look(looking, looking, looking).as(version).file(zoo(3)).twice().report()
		want := findings("down 2: 0 of 3 by file, need 2, spare -1", "show quorum-lost critical proven", "fold server-not-serving critical proven zk1 zk2 zk3")
		if got := digest(r); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
		for _, v := range r.Servers {
			if v.Serving == nil || *v.Serving || v.Role != report.NotServing || v.Ports.Client.State != report.PortOpen {
				t.Errorf("%s: %+v", version, v)
			}
		}
	}
}

func BenchmarkDiagnose(b *testing.B) {
	thirty := look(slices.Concat([]state{leader}, slices.Repeat([]state{follower}, 29))...)
	for name, s := range map[string]scene{
		"3 healthy": look(follower, leader, follower), "3 lost": look(looking, down, down).on(1).twice(), "30 healthy": thirty, "30 healthy, twice": thirty.twice(),
		"30 out": look(slices.Concat([]state{leader}, slices.Repeat([]state{follower}, 15), slices.Repeat([]state{down}, 14))...),
	} {
		b.Run(name, func(b *testing.B) { benchmark(b, s.snap()) })
	}
}

func benchmark(b *testing.B, snap *snapshot.Snapshot) {
	b.ReportAllocs()
	for b.Loop() {
		Diagnose(snap, Options{})
	}
}
