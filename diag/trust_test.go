package diag

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// nobodys makes it a process of another user, which has none of the sockets.
func nobodys(l *snapshot.Local) {
	l.Process.PID, l.Process.User = 92, "nobody"
	l.Process.Program = snapshot.Saw("/usr/lib/jvm/bin/java", quick)
	l.Process.Listens = snapshot.Saw([]netip.AddrPort(nil), quick)
	runsAs(65534, false, 65534)(l)
}

// silent is a process that has no socket yet, where no other has one.
func silent(l *snapshot.Local) {
	withListeners()(l)
	l.Process.Listens = l.Listeners
}

// notRoot: neither its program nor its sockets are to be seen.
func notRoot(l *snapshot.Local) {
	denied := &snapshot.Failure{Kind: snapshot.Denied, Text: "/proc/1003/exe: permission denied"}
	l.Process.Program = snapshot.Failed[string](denied, quick)
	l.Process.Listens = snapshot.Failed[[]netip.AddrPort](denied, quick)
}

// TestPretenders: a process that only looks like a server changes nothing but the list of
// those, wherever it stands.
func TestPretenders(t *testing.T) {
	t.Parallel()
	wrong := []func(*snapshot.Local){nobodys, myid("2\n"), keeps(version2(0, 0, 0o755), fresh)}
	for _, c := range []struct {
		name   string
		honest scene
		config string
		why    string
	}{
		{"with the client port of the server", healthy(), zoo(3), report.WhyAnotherListens},
		{"with a port of its own", healthy(), zoo(3, "clientPort=2999"), report.WhyOtherUser},
		{"beside one that is in trouble", look(looking, down, down), zoo(3), report.WhyAnotherListens},
	} {
		for _, listed := range []scene{
			c.honest.onWith(1, c.config, wrong...).on(1),
			c.honest.on(1).onWith(1, c.config, wrong...),
			c.honest.on(1).onWith(1, c.config, append(slices.Clone(wrong), notRoot)...),
		} {
			got, want := listed.report(), c.honest.on(1).report()
			others := got.Others
			if others == nil || len(others.Listed) != 1 || others.Listed[0].PID != 92 || others.Listed[0].User != "nobody" || others.Listed[0].Why != c.why {
				t.Errorf("%s: got the other processes %+v, want pid 92, %s", c.name, others, c.why)
			}
			got.Others = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	}
}

// TestPretendersElsewhere: in a user namespace of its own anyone listens at any address.
func TestPretendersElsewhere(t *testing.T) {
	t.Parallel()
	alone := func(l *snapshot.Local) {
		nobodys(l)
		l.Process.OtherUsers, l.Process.OtherNetwork, l.Process.Listens = true, true, l.Listeners
	}
	for _, c := range []scene{healthy().on(1, alone).on(1), healthy().on(1).on(1, alone), healthy().on(1).on(1, alone, has("192.0.2.1", "192.0.2.77"))} {
		got := c.report()
		if o := got.Others; o == nil || len(o.Listed) != 1 || o.Listed[0].Why != report.WhyOtherUser || got.Processes[0].User != "zookeeper" {
			t.Errorf("got %+v, and as the server %+v", o, got.Processes)
		}
	}
	if o := healthy().on(1, alone).report().Others; o == nil || o.Listed[0].Why != report.WhyOwnNamespace {
		t.Errorf("the only one: got %+v", o)
	}
}

// TestOthers: which processes are listed depends on the question.
func TestOthers(t *testing.T) {
	t.Parallel()
	others := func(s *snapshot.Snapshot) {
		s.Others = snapshot.Others{Found: 70, More: 3}
		for _, why := range []snapshot.OtherReason{snapshot.OtherEnsemble, snapshot.NotJava, snapshot.BeyondLimit, snapshot.NotJava} {
			s.Others.Processes = append(s.Others.Processes, snapshot.OtherProcess{PID: 10 - len(s.Others.Processes), User: "nobody", Config: "/c", Why: why})
		}
	}
	listed := func(s scene) (out []string) {
		for _, p := range s.report().Others.Listed {
			out = append(out, p.Why+" "+p.User)
		}
		return out
	}
	named := []string{"beyond-limit nobody", "not-java nobody", "not-java nobody"}
	if diff := cmp.Diff(named, listed(healthy().on(1).edit(others))); diff != "" {
		t.Error(diff)
	}
	own := healthy().on(1).edit(others).edit(func(s *snapshot.Snapshot) { s.Plan.Source = snapshot.FromHost })
	if diff := cmp.Diff([]string{"beyond-limit nobody", "not-java nobody", "not-java nobody", "other-ensemble nobody"}, listed(own)); diff != "" {
		t.Error(diff)
	}
	if got := healthy().on(1).report().Others; got != nil {
		t.Errorf("got %+v, want none", got)
	}
}

// TestTrust: what is proven, and which command there is, by what was seen of the process.
func TestTrust(t *testing.T) {
	t.Parallel()
	rootOwns := keeps(version2(0, 0, 0o755))
	for _, c := range []struct {
		name      string
		scene     scene
		certainty report.Certainty
		command   string
	}{
		{"it listens", healthy().on(3, rootOwns), report.Proven, "chown -R 1000 /var/lib/zookeeper/version-2"},
		{"it listens, and only its user was seen", healthy().on(3, rootOwns, func(l *snapshot.Local) { notRoot(l); l.Process.UserListens = l.Listeners.Value }), report.Proven, "chown -R 1000 /var/lib/zookeeper/version-2"},
		{"a snapshot without sockets of processes", healthy().on(3, rootOwns).edit(func(s *snapshot.Snapshot) {
			s.Local[0].Process.Listens, s.Local[0].Process.Program = snapshot.Obs[[]netip.AddrPort]{}, snapshot.Obs[string]{}
		}), report.Proven, "chown -R 1000 /var/lib/zookeeper/version-2"},
		{"it does not listen", out().on(3, rootOwns, silent), report.Likely, ""},
		{"nor was its program seen", out().on(3, rootOwns, silent, notRoot), report.Likely, ""},
		{"in a user namespace of its own", healthy().on(3, rootOwns, func(l *snapshot.Local) { l.Process.OtherUsers = true }), report.Likely, ""},
		{"the directory of another program", healthy().on(3, rootOwns, keeps(func(d *snapshot.Data) { empty(&d.Dir) })), report.Proven, ""},
		{"that of another user", healthy().on(3, keeps(version2(0, 0, 0o755), func(d *snapshot.Data) { d.Dir.Owner.Value.UID = 0 })), report.Proven, ""},
		{"its own, without the right", healthy().on(3, keeps(version2(1000, 1000, 0o555))), report.Proven, "chmod u+rwx /var/lib/zookeeper/version-2"},
		{"with its myid alone", healthy().on(3, keeps(fresh, func(d *snapshot.Data) { d.Dir.Owner.Value.UID = 0 })), report.Proven, "chown 1000 /var/lib/zookeeper"},
		{"without any file of its own", healthy().on(3, noMyid(snapshot.Absent), keeps(fresh, func(d *snapshot.Data) { d.Dir.Owner.Value.UID = 0 })), report.Proven, ""},
		{"none runs", out().on(3, stopped, rootOwns), report.Likely, "chown -R --reference=/var/lib/zookeeper /var/lib/zookeeper/version-2"},
		{"none runs, and another program's files", out().on(3, stopped, rootOwns, keeps(func(d *snapshot.Data) { empty(&d.Dir) })), report.Likely, ""},
		{"one that ended named it", out().on(3, stopped, rootOwns, func(l *snapshot.Local) { l.ConfigSource = snapshot.ConfigOfEnded }), report.Likely, ""},
	} {
		r := c.scene.report()
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Code == DataDirNotWritable })
		if i < 0 {
			t.Errorf("%s: not found: %+v", c.name, r.Findings)
			continue
		}
		f := r.Findings[i]
		if f.Certainty != c.certainty || f.Fix[0].Command != c.command || f.Fix[0].Note == "" {
			t.Errorf("%s: got %s, %q (%s), want %s, %q", c.name, f.Certainty, f.Fix[0].Command, f.Fix[0].Note, c.certainty, c.command)
		}
	}
}

// TestMayRun: where not all processes were looked at, that none was found proves nothing.
func TestMayRun(t *testing.T) {
	t.Parallel()
	certainty := func(s scene) report.Certainty {
		r := s.report()
		for _, f := range slices.Concat(r.Findings, r.Folded) {
			if f.Code == ProcessDown {
				reported := slices.ContainsFunc(f.Evidence, func(ev report.Evidence) bool {
					return ev.Source == "process" && strings.Contains(ev.Value, "it may run")
				})
				if reported != (f.Certainty == report.Likely) {
					t.Errorf("%s, with the evidence %+v", f.Certainty, f.Evidence)
				}
				return f.Certainty
			}
		}
		return ""
	}
	if got := certainty(out().on(3, stopped)); got != report.Proven {
		t.Errorf("all were looked at: got %q", got)
	}
	if got := certainty(out().on(3, stopped, mayRun)); got != report.Likely {
		t.Errorf("not all were looked at: got %q", got)
	}
	unscanned := healthy().on(1).edit(func(s *snapshot.Snapshot) { s.Others.Unscanned = 7 }).report().Others
	if unscanned == nil || unscanned.Unscanned != 7 {
		t.Errorf("got %+v", unscanned)
	}
}

// changing is what a command has that changes files.
var changing = regexp.MustCompile(`\b(chown|chgrp|chmod|mv|rm|cp|ln|tee|truncate|sed -i\S*)\b|> ?['/]`)

// commandsOf are those of all findings, folded or not.
func commandsOf(r *report.Report) (all []string) {
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		for _, step := range f.Fix {
			if step.Command != "" {
				all = append(all, step.Command)
			}
		}
	}
	return all
}

// TestCommandsOfTheUnverified: whatever is found, no command changes a file that only a process
// which does not listen has named; and those that are said to change none do not.
func TestCommandsOfTheUnverified(t *testing.T) {
	t.Parallel()
	for _, r := range allRules() {
		for _, c := range r.fires {
			for _, command := range commandsOf(c.scene.report()) {
				if harmless(command) && changing.MatchString(command) {
					t.Errorf("%s, %s: %q is said to change no file", r.code, c.name, command)
				}
			}
			unverified := c.scene.edit(func(s *snapshot.Snapshot) {
				for i := range s.Local {
					if l := &s.Local[i]; l.Process != nil {
						silent(l)
					} else {
						l.ConfigSource = snapshot.ConfigOfEnded
					}
				}
			}).report()
			for _, command := range commandsOf(unverified) {
				if changing.MatchString(command) && strings.Contains(command, "/") && !harmless(command) {
					t.Errorf("%s, %s: %q", r.code, c.name, command)
				}
			}
		}
	}
}

// TestPathsInCommandsAreQuoted: a path is one word to the shell, whatever is in it.
func TestPathsInCommandsAreQuoted(t *testing.T) {
	t.Parallel()
	const hostileText = `/srv/a b'$(id);x`
	quoted := strings.TrimSuffix(shellWord(hostileText), "'")
	seen := 0
	for _, r := range allRules() {
		for _, c := range r.fires {
			text, err := json.Marshal(c.scene.snap())
			if err != nil {
				t.Fatal(err)
			}
			in := strings.NewReplacer("/var/lib/zookeeper", hostileText, "/etc/zookeeper", hostileText, "/var/log/zookeeper", hostileText).Replace(string(text))
			snap := new(snapshot.Snapshot)
			if err := json.Unmarshal([]byte(in), snap); err != nil {
				t.Fatal(err)
			}
			for _, command := range commandsOf(Diagnose(snap, Options{})) {
				if n := strings.Count(command, "$(id)"); n != strings.Count(command, quoted) {
					t.Errorf("%s, %s: %q", r.code, c.name, command)
				} else {
					seen += n
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d such paths in commands", seen)
	}
}

// TestListensNowhere: a process that listens nowhere proves nothing by what its configuration
// names, unless root started it.
func TestListensNowhere(t *testing.T) {
	t.Parallel()
	asRoot := func(l *snapshot.Local) {
		l.Process.User, l.Process.Credentials = "root", snapshot.Saw(snapshot.Credentials{WritesAll: true}, quick)
	}
	for _, c := range []struct {
		name  string
		scene scene
		want  report.Certainty
		why   []string
	}{
		{"of a user", out().on(3, silent, noMyid(snapshot.Absent)), report.Likely, []string{report.WhyListensNowhere}},
		{"of root", out().on(3, silent, noMyid(snapshot.Absent), asRoot), report.Proven, nil},
	} {
		r := c.scene.report()
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Code == MyidMissing })
		if i < 0 || r.Findings[i].Certainty != c.want {
			t.Errorf("%s: got %+v, want myid-missing %s", c.name, r.Findings, c.want)
		}
		var why []string
		if r.Others != nil {
			for _, p := range r.Others.Listed {
				why = append(why, p.Why)
			}
		}
		if !slices.Equal(why, c.why) {
			t.Errorf("%s: listed for %q, want %q", c.name, why, c.why)
		}
	}
}
