package diag

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// inUnit makes it a process of that unit, whose command leads to that configuration.
func inUnit(unit, config string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Process.Unit = "zookeeper.service"
		l.Next = &snapshot.NextStart{Unit: &snapshot.Unit{Name: unit, File: "/etc/systemd/system/" + unit, Config: config}}
	}
}

// TestStartAndStop: the command of systemd is given where the unit is known to be the server's, and
// no other service is ever stopped or started.
func TestStartAndStop(t *testing.T) {
	t.Parallel()
	const stop, start = "sudo systemctl stop zookeeper.service", "sudo systemctl start zookeeper.service"
	wrong := look(looking, leader, follower).as(oldest)
	for _, c := range []struct {
		name  string
		scene scene
		code  report.Code
		want  []string
	}{
		{"by its unit", wrong.on(1, myid("2\n"), inUnit("zookeeper.service", "/etc/zookeeper/zoo.cfg")), MyidDuplicate, []string{stop, start}},
		{"in another unit", wrong.on(1, myid("2\n"), inUnit("ssh.service", "/etc/zookeeper/zoo.cfg")), MyidDuplicate, nil},
		{"the unit of another configuration", wrong.on(1, myid("2\n"), inUnit("zookeeper.service", "/etc/other/zoo.cfg")), MyidDuplicate, nil},
		{"the unit leads to none", wrong.on(1, myid("2\n"), inUnit("zookeeper.service", "")), MyidDuplicate, nil},
		{"no unit", wrong.on(1, myid("2\n")), MyidDuplicate, nil},
		{"stopped, by its unit", look(follower, leader, down).on(3, stopped, byUnit()), ProcessDown, []string{start}},
		{"stopped", look(follower, leader, down).on(3, stopped), ProcessDown, nil},
	} {
		var got []string
		steps := fixesOf(t, c.scene.twice().report(), c.code)
		for _, step := range steps {
			if _, after, ok := strings.Cut(step, "sudo systemctl "); ok {
				words := strings.Fields(after)
				got = append(got, "sudo systemctl "+words[0]+" "+words[1])
			}
			if strings.Contains(step, " start it") && !strings.Contains(step, "systemctl") && !strings.Contains(step, "unit that started it, as user") {
				t.Errorf("%s: %q does not say how", c.name, step)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q of %q, want %q", c.name, got, steps, c.want)
		}
	}
}

// TestMyidOfOneThatRuns: a server that runs with the right number is not stopped for its file.
func TestMyidOfOneThatRuns(t *testing.T) {
	t.Parallel()
	stops := regexp.MustCompile(`(stop|start) it( with|:)`).MatchString
	for _, c := range []struct {
		name  string
		scene scene
		code  report.Code
		stops bool
	}{
		{"malformed, it serves", healthy().on(3, myid("3 \n")), MyidMalformed, false},
		{"missing, it serves", healthy().on(3, noMyid(snapshot.Absent)), MyidMissing, false},
		{"in no line, it serves as the right one", healthy().on(3, myid("9\n")), MyidNotInServers, false},
		{"malformed, it is down", look(follower, leader, down).on(3, stopped, myid("3 \n")), MyidMalformed, true},
		{"it serves with the wrong one", look(follower, leader, follower).edit(func(s *snapshot.Snapshot) {
			s.Servers[2].Conf = s.Servers[0].Conf
		}).on(3, myid("1\n")), MyidDuplicate, true},
	} {
		steps := fixesOf(t, c.scene.report(), c.code)
		if got := slices.ContainsFunc(steps, stops); got != c.stops {
			t.Errorf("%s: stops or starts it: %v, want %v: %q", c.name, got, c.stops, steps)
		}
		if !strings.Contains(strings.Join(steps, "\n"), "echo 3 > /var/lib/zookeeper/myid") {
			t.Errorf("%s: no command in %q", c.name, steps)
		}
	}
}

// TestDuplicateSaysWhoAndWhat: the one to change is named, and each stop has its risk.
func TestDuplicateSaysWhoAndWhat(t *testing.T) {
	t.Parallel()
	sameID := func(s *snapshot.Snapshot) { s.Servers[2].Conf = s.Servers[0].Conf }
	for _, c := range []struct {
		name        string
		scene       scene
		title, risk string
	}{
		{"known which", look(follower, leader, follower).edit(sameID).on(3, myid("1\n")), "zk3 has the wrong one", "serve as a quorum without it"},
		{"and it leads", look(follower, follower, leader).edit(sameID).on(3, myid("1\n")), "zk3 has the wrong one", "it leads"},
		{"not known which", look(follower, leader, follower).edit(sameID), "two servers use the same id", "quorum"},
	} {
		r := c.scene.report()
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Code == MyidDuplicate })
		if i < 0 {
			t.Fatalf("%s: not found", c.name)
		}
		f := r.Findings[i]
		if !strings.Contains(f.Title, c.title) {
			t.Errorf("%s: title %q, want %q", c.name, f.Title, c.title)
		}
		stop := slices.IndexFunc(f.Fix, func(s report.Fix) bool { return strings.HasPrefix(s.Note, "stop ") })
		if stop < 0 || !strings.Contains(f.Fix[stop].Risk, c.risk) && c.risk != "" {
			t.Errorf("%s: got %+v, want a stop with the risk %q", c.name, f.Fix, c.risk)
		}
	}
}

// TestEnoughToStart: only voters that can vote count beside those that are to come back.
func TestEnoughToStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		scene scene
		want  string
	}{
		{"two down", look(looking, down, down), "of the 2 voters that are down (zk2, zk3), any 1 is enough for a quorum"},
		{"the other hangs", look(hung, down, down), ""},
		{"two of five up, and one of them hangs", look(looking, hung, down, down, down), "of the 3 voters that are down (zk3, zk4, zk5), any 2 are enough for a quorum"},
		{"a wrong id that runs", look(looking, looking, down, down, down).as(oldest).on(2, myid("3\n"), has("192.0.2.2")), "of the 3 voters that are down"},
		{"all down", look(down, down, down), "of the 3 voters that are down (zk1, zk2, zk3), any 2 are enough for a quorum"},
		{"one target under two names", look(looking, down, down).edit(func(s *snapshot.Snapshot) {
			again := s.Servers[2]
			again.Name, again.Host = "zk3b", "zk3b"
			s.Servers = append(s.Servers, again)
		}).membership("server.1=zk1:2888:3888", "server.2=zk2:2888:3888", "server.3=zk3:2888:3888"), "of the 2 voters"},
	} {
		got := ""
		for _, f := range c.scene.twice().report().Findings {
			for _, step := range f.Fix {
				if strings.Contains(step.Note, "begin with") {
					got = step.Note
				}
			}
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
