package diag

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// finding is the first one with that code, shown or folded.
func findingOf(t *testing.T, r *report.Report, code report.Code) report.Finding {
	t.Helper()
	all := slices.Concat(r.Findings, r.Folded)
	i := slices.IndexFunc(all, func(f report.Finding) bool { return f.Code == code })
	if i < 0 {
		t.Fatalf("%s was not found", code)
	}
	return all[i]
}

// TestTextsHaveASubject: no summary begins with "it" of which no server was named before, and no step
// says what a command shows: it says what to do.
func TestTextsHaveASubject(t *testing.T) {
	t.Parallel()
	noStep := regexp.MustCompile(`^(shows|tells|prints|proves|counts|checks|removes|means)\b`)
	for _, s := range []scene{look(looking, looking, looking).twice(), look(looking, looking, follower).on(1).twice()} {
		for _, open := range s.report().Unexplained {
			if noStep.MatchString(open.Next.Note) {
				t.Errorf("%s: next step %q", open.Symptom, open.Next.Note)
			}
		}
	}
	alternative := regexp.MustCompile(`^or\b`)
	since := regexp.MustCompile(`\b(top -b -n 1|iostat -x \d)`)
	backup := regexp.MustCompile(`sed -i\.`)
	for _, r := range allRules() {
		for _, c := range r.fires {
			report := c.scene.report()
			for _, f := range slices.Concat(report.Findings, report.Folded) {
				if its := strings.HasPrefix(f.Summary, "it ") || strings.HasPrefix(f.Summary, "its "); its && len(f.Servers) > 0 {
					t.Errorf("%s, %s: summary of %v: %s", f.Code, c.name, f.Servers, f.Summary)
				}
				for _, step := range f.Fix {
					if step.Host != "" && alternative.MatchString(step.Note) {
						t.Errorf("%s, %s: a numbered step is an alternative: %q", f.Code, c.name, step.Note)
					}
					if noStep.MatchString(step.Note) || since.MatchString(step.Command) || backup.MatchString(step.Command) {
						t.Errorf("%s, %s: step %q %q", f.Code, c.name, step.Note, step.Command)
					}
				}
			}
		}
	}
}

// TestSubjects: the server takes the place of "it", of each of several.
func TestSubjects(t *testing.T) {
	t.Parallel()
	swapped := look(follower, leader, follower).edit(func(s *snapshot.Snapshot) {
		s.Servers[0].Conf, s.Servers[2].Conf = s.Servers[2].Conf, s.Servers[0].Conf
	})
	for _, c := range []struct {
		scene scene
		code  report.Code
		want  string
	}{
		{look(follower, leader, readOnly).twice(), ReadOnlyMode, "zk3 sees no quorum, and was started with readonlymode.enabled"},
		{look(follower, leader, hung).on(3, func(l *snapshot.Local) { l.Process.State = "T" }).twice(), ServerHung, "zk3's process is stopped by a signal"},
		{look(looking, looking, looking).twice(), ServerNotServing, "each of these servers runs and answers"},
		{swapped, MyidWrongServer, "zk1 has the address of server 1 and reports id 3."},
		{swapped, MyidWrongServer, "zk3 has the address of server 3 and reports id 1."},
	} {
		if f := findingOf(t, c.scene.report(), c.code); !strings.Contains(f.Summary, c.want) {
			t.Errorf("%s: got %q, want %q in it", c.code, f.Summary, c.want)
		}
	}
}

// TestLeaderChangesAddUp: the count and the limit are of the same time, the log is that of the leader
// which stopped leading, and nothing is stopped rashly.
func TestLeaderChangesAddUp(t *testing.T) {
	t.Parallel()
	r := look(follower, follower, but(leader, wrote(7, 0))).after(look(follower, but(leader, wrote(5, 3)), follower)).report()
	f := findingOf(t, r, LeaderFlapping)
	for _, ev := range f.Evidence {
		if ev.Key == "elections" && (ev.Value != "2 in 3.0 s" || ev.Wanted != "at most 1 a minute") || strings.Contains(ev.Key, "per minute") {
			t.Errorf("got %+v", ev)
		}
	}
	if s := f.Fix[0]; s.Host != "zk2" || !strings.Contains(s.Note, "why it stopped leading") {
		t.Errorf("first step %+v, want the log of zk2", s)
	}
	for _, s := range f.Fix {
		if s.Host == "zk3" || strings.HasPrefix(s.Note, "stop ") {
			t.Errorf("got the step %+v", s)
		}
	}
}

// TestNoSnapshotAsksFirst: the steps for lost snapshots come after the question which case it is, and
// no other way stands behind them.
func TestNoSnapshotAsksFirst(t *testing.T) {
	t.Parallel()
	f := findingOf(t, look(follower, leader, down).on(3, stopped, keeps(snapshots(0))).report(), NoSnapshot)
	if !strings.HasPrefix(f.Fix[0].Note, "find out first whether snapshots were lost") {
		t.Errorf("first step %q", f.Fix[0].Note)
	}
	for _, s := range f.Fix[1:] {
		if strings.Contains(s.Note, "3.4") {
			t.Errorf("the other case stands behind: %q", s.Note)
		}
	}
}

// TestStepsNameAHostThatIs: an address that no host has is no place to take a step at.
func TestStepsNameAHostThatIs(t *testing.T) {
	t.Parallel()
	f := findingOf(t, look(follower, leader, down).on(3, stopped, has("192.0.2.77")).report(), SelfAddrNotLocal)
	for _, s := range f.Fix {
		if s.Host != "the host of server.3 (192.0.2.77)" {
			t.Errorf("step at %q", s.Host)
		}
	}
}

// TestStartingIsLeftAlone: who reads only the line of the note does not restart it.
func TestStartingIsLeftAlone(t *testing.T) {
	t.Parallel()
	starting := look(follower, leader, but(hung, peers(snapshot.Refused, snapshot.Refused)))
	for _, c := range []struct {
		scene scene
		want  string
	}{
		{starting, "wait, do not restart it"},
		{starting.on(3, young(7*time.Minute)), "after more than 5 minutes"},
	} {
		if f := findingOf(t, c.scene.twice().report(), ServerStarting); !strings.Contains(f.Title, c.want) {
			t.Errorf("got %q, want %q in it", f.Title, c.want)
		}
	}
}

// TestOneCheckAsksForAnother: where a second check decides, the first line asks for it.
func TestOneCheckAsksForAnother(t *testing.T) {
	t.Parallel()
	for _, s := range []scene{look(looking, looking, looking), look(leader, leader, follower)} {
		if v := s.report().Verdict; v.State == report.Unknown && !strings.HasSuffix(v.Summary, "Check again.") {
			t.Errorf("%s: %s", v.State, v.Summary)
		}
	}
}

// TestBothDirectoriesAtOnce: of a server that does not run all is changed before it is started.
func TestBothDirectoriesAtOnce(t *testing.T) {
	t.Parallel()
	rootOwns := func(d *snapshot.DataDir) {
		d.Version2.Value.UID, d.Version2.Value.GID, d.Version2.Value.Mode = 0, 0, 0o755
	}
	f := findingOf(t, out().on(3, stopped, keeps(version2(0, 0, 0o755), logsElsewhere(rootOwns))).report(), DataDirNotWritable)
	var commands, starts int
	for i, s := range f.Fix {
		if strings.HasPrefix(s.Command, "chown -R --reference=") {
			commands++
		}
		if strings.HasPrefix(s.Note, "start it") {
			starts++
			if i != len(f.Fix)-1 {
				t.Errorf("it is started before step %q", f.Fix[i+1].Note)
			}
		}
	}
	if commands != 2 || starts != 1 {
		t.Errorf("got %d commands and %d starts: %+v", commands, starts, f.Fix)
	}
}

// TestOneVolumeReadOnly: one volume that is read-only has its steps once, whatever is on it.
func TestOneVolumeReadOnly(t *testing.T) {
	t.Parallel()
	readOnly := func(d *snapshot.Data) {
		d.Dir.Volume.Value.ReadOnly, d.Dir.Volume.Value.Mount = true, "/var"
		d.LogDir.Volume.Value.ReadOnly, d.LogDir.Volume.Value.Mount = true, "/var"
	}
	f := findingOf(t, out().on(3, stopped, keeps(logsElsewhere(func(*snapshot.DataDir) {}), readOnly)).report(), DataDirNotWritable)
	if len(f.Fix) != 3 || !strings.HasPrefix(f.Fix[2].Note, "start it") || len(f.Evidence) < 2 {
		t.Errorf("got %d steps %+v, %d facts", len(f.Fix), f.Fix, len(f.Evidence))
	}
}

// TestWantedSaysOfWhom: the value of most voters is said to be theirs.
func TestWantedSaysOfWhom(t *testing.T) {
	t.Parallel()
	f := findingOf(t, look(follower, leader, but(follower, set(syncs, 50))).report(), ConfigDrift)
	if last := f.Evidence[len(f.Evidence)-1]; !strings.HasSuffix(last.Wanted, ", as on most voters") {
		t.Errorf("wanted %q", last.Wanted)
	}
	f = findingOf(t, look(but(follower, set(ticks, 1)), but(leader, set(ticks, 2)), but(follower, set(ticks, 3))).report(), ConfigDrift)
	if f.Evidence[0].Wanted != "the same on all voters" {
		t.Errorf("wanted %q", f.Evidence[0].Wanted)
	}
}

// TestWhoReadsWithoutQuorum: only clients that ask for it read at a read-only server, and the first line
// says so.
func TestWhoReadsWithoutQuorum(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scene scene
		want  string
	}{
		{look(readOnly, down, down), "No writes; only read-only sessions can read."},
		{look(looking, down, down), "No reads, no writes."},
	} {
		if got := c.scene.twice().report().Verdict.Summary; !strings.HasSuffix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
