package exporter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// The tests of this file scrape an exporter for real ensembles.

// atOnce bounds how many ensembles run at a time.
var atOnce = make(chan struct{}, 2)

// scene is an ensemble and its exporter, which lives through all that happens.
type scene struct {
	*served
	ens  *zktest.Ensemble
	last time.Time // the end of the last scrape, which is after its look
}

func newScene(t *testing.T, options zktest.Options) *scene {
	t.Helper()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	s := &scene{ens: zktest.StartT(t, options)}
	s.served = serve(t, Options{PeerPorts: true, Timeout: 500 * time.Millisecond}, s.targets()...)
	return s
}

func (s *scene) targets() []string {
	var targets []string
	for _, server := range s.ens.Servers {
		targets = append(targets, target(server))
	}
	return targets
}

func target(s *zktest.Server) string { return fmt.Sprintf("%s:%d", s.Addr, s.ClientPort) }

// after waits until the last scrape is so long ago that the next one looks anew,
// or that what it sees can be compared.
func (s *scene) after(t *testing.T, age time.Duration) {
	t.Helper()
	must(t, s.ens.Wait(t.Context(), "the last scrape to be "+age.String()+" old", func() bool {
		return time.Since(s.last) > age
	}))
}

// facts are series and their values. A series is written without the label
// ensemble, and with @N for server N; a value below 0 stands for none.
type facts map[string]float64

const none = -1

// ofServer are the facts of one server. A role's other values are 0.
func ofServer(id int, up, serving float64, role string) facts {
	f := facts{fmt.Sprintf("zookeeper_up @%d", id): up, fmt.Sprintf("zookeeper_serving @%d", id): serving}
	for _, r := range roles {
		f[fmt.Sprintf("zkdoctor_server_role @%d %s", id, r)] = oneIf(string(r) == role)
	}
	return f
}

func together(all ...facts) facts {
	sum := facts{}
	for _, f := range all {
		maps.Copy(sum, f)
	}
	return sum
}

// scrapeFor scrapes and says which facts are not told. It is an error of its own
// when a server's zookeeper_up is not there, or one that nobody configured is.
func (s *scene) scrapeFor(t *testing.T, want facts) (missing []string, found scraped) {
	t.Helper()
	found = s.metrics(t)
	s.last = time.Now()
	var up []string
	for series := range found {
		if strings.HasPrefix(series, "zookeeper_up{") {
			up = append(up, series)
		}
	}
	var configured []string
	for _, target := range s.targets() {
		configured = append(configured, fmt.Sprintf("zookeeper_up{ensemble=%q,server=%q}", "test", target))
	}
	slices.Sort(up)
	slices.Sort(configured)
	if !slices.Equal(up, configured) {
		t.Errorf("the series of zookeeper_up are %v, want %v", up, configured)
	}
	for fact, value := range want {
		got, there := found[s.series(fact)]
		if value == none && there || value != none && (!there || got != value) {
			missing = append(missing, fmt.Sprintf("%s is %v (there: %t), want %v", fact, got, there, value))
		}
	}
	slices.Sort(missing)
	return missing, found
}

var serverID = regexp.MustCompile(`@(\d)`)

// series writes a fact's name as the exposition does.
func (s *scene) series(fact string) string {
	words := strings.Fields(fact)
	labels := []string{`ensemble="test"`}
	for _, word := range words[1:] {
		if m := serverID.FindStringSubmatch(word); m != nil {
			labels = append(labels, fmt.Sprintf("server=%q", target(s.ens.Server(int(m[1][0]-'0')))))
		} else {
			labels = append(labels, fmt.Sprintf("role=%q", word))
		}
	}
	slices.Sort(labels)
	return words[0] + "{" + strings.Join(labels, ",") + "}"
}

// tells wants the facts to be told by the next scrape, and the conclusions by
// that one or a second.
func (s *scene) tells(t *testing.T, want, conclusions facts) {
	t.Helper()
	s.after(t, minAge)
	missing, found := s.scrapeFor(t, want)
	complain := func(which string) {
		t.Helper()
		if len(missing) > 0 {
			t.Errorf("%s:\n%s\nof\n%s", which, strings.Join(missing, "\n"), found.values(
				"zookeeper_up", "zookeeper_serving", "zkdoctor_server_role", "zkdoctor_quorum", "zkdoctor_leaders", "zkdoctor_verdict",
				"zkdoctor_finding", "zkdoctor_spare_voters", "zkdoctor_voters", "zkdoctor_voters_serving", "zkdoctor_port_open"))
		}
	}
	complain("one scrape")
	if value, there := found[s.series("zkdoctor_quorum")]; there && conclusions["zkdoctor_quorum"] != none && value != conclusions["zkdoctor_quorum"] {
		t.Errorf("the first scrape says zkdoctor_quorum %v, want %v or nothing", value, conclusions["zkdoctor_quorum"])
	}
	s.after(t, beforeYoungest)
	missing, found = s.scrapeFor(t, together(want, conclusions))
	complain("two scrapes")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitQuorum waits until the servers with these ids serve, one of them leading,
// and no other does. It returns the facts of those that serve.
func (s *scene) waitQuorum(t *testing.T, ids ...int) facts {
	t.Helper()
	var reported facts
	must(t, s.ens.Wait(t.Context(), fmt.Sprintf("a quorum of %v", ids), func() bool {
		reported = facts{}
		leaders, modes := 0, s.ens.Modes(t.Context())
		for server, mode := range modes {
			maps.Copy(reported, ofServer(server.ID, 1, 1, mode))
			if mode == "leader" {
				leaders++
			}
			if !slices.Contains(ids, server.ID) {
				return false
			}
		}
		return len(modes) == len(ids) && leaders == min(len(ids), 1)
	}))
	return reported
}

func forEachVersion(t *testing.T, do func(t *testing.T, version string)) {
	t.Helper()
	for _, version := range zktest.UnderTest(t.Name()) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			do(t, version)
		})
	}
}
