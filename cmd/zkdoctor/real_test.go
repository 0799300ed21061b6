package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// The tests of this file's kind run the program as built on real ensembles:
// faults_test.go breaks them, healthy_test.go does not.

// atOnce bounds how many ensembles run at a time: three JVMs each, on machines
// of two cores. They wait for longer than they work.
var atOnce = make(chan struct{}, 4)

// builtProgram builds zkdoctor once for all tests, as a user would.
var builtProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zkdoctor-test-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "zkdoctor")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return program, nil
})

// shape is an ensemble and what is done to it before zkdoctor looks.
type shape struct {
	name    string
	options zktest.Options
	// only limits the case to some versions, and why says what is different on the
	// others; nil means all.
	only func(version string) bool
	why  string
	// secure gives the client ports TLS; nil for plain text.
	secure *security
	// adminTLS has the AdminServers speak HTTPS alone, with the certificate of secure or,
	// without that, one that nobody knows.
	adminTLS bool
	// do breaks the ensemble, or brings it into its shape; nil does nothing.
	do func(t *testing.T, ens *zktest.Ensemble)
	// again is for a case on the ensemble of the case before it, as that one left it: its options
	// are that one's, and do goes on from there. What a test's cleanup ends has ended, but what the
	// first case did.
	again bool
	// from is the id of the server on whose host zkdoctor runs; 0 is the client.
	from int
	// args are zkdoctor's own, after "check -o json"; @N is the address of
	// server N, and @cN its configuration file; @client is the client's own address; @ca, @cert and @key are the files of
	// whom the servers trust, @stranger those of somebody else.
	args []string
}

// inTurn runs cases, each on an ensemble of its own, but for those that go on with one.
func inTurn[C interface{ plan() shape }](t *testing.T, cases []C, judge func(C, *testing.T, *patient, string)) {
	for len(cases) > 0 {
		first, n := cases[0], 1
		var others []shape
		for first.plan().logMissing(t); n < len(cases) && cases[n].plan().again; n++ {
			cases[n].plan().logMissing(t)
			others = append(others, cases[n].plan())
		}
		further := cases[1:n]
		cases = cases[n:]
		for _, version := range first.plan().versions(others...) {
			t.Run(version+"/"+first.plan().name, func(t *testing.T) {
				t.Parallel()
				patient := first.plan().start(t, version)
				judge(first, t, patient, version)
				for _, c := range further {
					if c.plan().possible(version) && !t.Failed() {
						t.Run(c.plan().name, func(t *testing.T) { judge(c, t, c.plan().goOn(t, patient), version) })
					}
				}
			})
		}
	}
}

func (s shape) plan() shape { return s }

func (s shape) possible(version string) bool { return s.only == nil || s.only(version) }

// versions are the releases that a case runs on, and others on its ensemble: of those that have
// such cases the oldest and one of the others, so that every case runs on two and all releases are
// under test in each run. With ZKTEST_RELEASES=1 it is one of the two: the oldest for half of the
// cases. The case's name chooses, so that a new case moves no other. ZKTEST_VERSIONS names others.
func (s shape) versions(others ...shape) []string {
	if os.Getenv("ZKTEST_VERSIONS") != "" {
		others = nil // those run on what is possible for them
	}
	possible := slices.DeleteFunc(zktest.Asked(), func(version string) bool {
		return !s.possible(version) || slices.ContainsFunc(others, func(o shape) bool { return !o.possible(version) })
	})
	if os.Getenv("ZKTEST_VERSIONS") != "" || len(possible) < 2 {
		return possible
	}
	sum, later := crc32.ChecksumIEEE([]byte(s.name)), possible[1:]
	return zktest.Either(s.name, possible[0], later[int(sum)%len(later)])
}

// logMissing writes the versions under test that the case is not possible on, for make faults; where
// a case fails, they would stand before what failed.
func (s shape) logMissing(t *testing.T) {
	t.Helper()
	for _, version := range zktest.Asked() {
		if testing.Verbose() && !s.possible(version) {
			t.Logf("NOT POSSIBLE | %s | %s | %s |", s.name, version, s.why)
		}
		if s.only != nil && s.why == "" {
			t.Errorf("%q: why is it not possible on %s?", s.name, version)
		}
	}
}

// look brings a shape about and gives zkdoctor's report on it.
func (s shape) look(t *testing.T, version string) *report.Report {
	t.Helper()
	return s.start(t, version).ask(t)
}

// patient is a shape that was brought about.
type patient struct {
	ens     *zktest.Ensemble
	words   *strings.Replacer // puts files of certificates into arguments
	host    *zktest.Host
	command []string
}

// start brings a shape about.
func (s shape) start(t *testing.T, version string) *patient {
	t.Helper()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	options := s.options
	options.Version = version
	options.Config = maps.Clone(options.Config)
	words := s.secure.prepare(t, &options)
	if s.adminTLS {
		cert, err := zktest.NewCertificate(t.TempDir(), "unknown", time.Hour)
		must(t, err)
		if options.AdminTLS = &cert; options.TLS != nil {
			options.AdminTLS = &options.TLS.Server
		}
	}
	return s.goOn(t, &patient{ens: zktest.StartT(t, options), words: words})
}

// goOn is the same where the ensemble is there already.
func (s shape) goOn(t *testing.T, before *patient) *patient {
	t.Helper()
	if s.do != nil {
		s.do(t, before.ens)
	}
	return s.visit(t, before.ens, before.words)
}

// visit is a look at an ensemble.
func (s shape) visit(t *testing.T, ens *zktest.Ensemble, words *strings.Replacer) *patient {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	p := &patient{ens: ens, words: words, host: ens.Client, command: []string{program, "check", "-o", "json"}}
	if s.from != 0 {
		p.host = ens.Server(s.from).Host
	}
	if dir := os.Getenv("ZKTEST_SCENES"); dir != "" && !s.reads() {
		p.command = append(p.command, "--out", sceneFile(t, dir, ens.Servers[len(ens.Servers)-1].Version, s.name))
	}
	if !slices.Contains(s.args, "--deadline") {
		// A dozen JVMs that start beside it may take the processor for longer than the usual 10 s.
		p.command = append(p.command, "--deadline", "40s")
	}
	if s.adminTLS && !slices.Contains(s.args, "--timeout") {
		p.command = append(p.command, "--timeout", "10s") // nor is Java quick at TLS when it has just begun
	}
	for _, arg := range s.args {
		p.command = append(p.command, words.Replace(ofServers(ens, arg)))
	}
	t.Cleanup(func() {
		if t.Failed() {
			text, _ := p.host.Run(context.WithoutCancel(t.Context()), append([]string{program, "check", "--all"}, p.command[4:]...)...)
			t.Logf("%q\n%s", p.command, text.Stdout)
		}
	})
	return p
}

// reads reports whether the case judges what was written down before.
func (s shape) reads() bool { return slices.Contains(s.args, "--from") }

// sceneFile is where the snapshot of a case goes, for internal/scenes/pack.
func sceneFile(t *testing.T, dir, version, name string) string {
	t.Helper()
	dir = filepath.Join(dir, version)
	must(t, os.MkdirAll(dir, 0o755))
	return filepath.Join(dir, strings.NewReplacer(" ", "_", "/", "_").Replace(name)+".json")
}

// ofServers puts addresses and files of servers into an argument.
func ofServers(ens *zktest.Ensemble, arg string) string {
	arg = strings.ReplaceAll(arg, "@client", ens.Client.Addr)
	for _, s := range ens.Servers {
		id := string(rune('0' + s.ID))
		arg = strings.ReplaceAll(arg, "@c"+id, s.ConfigFile)
		arg = strings.ReplaceAll(arg, "@"+id, s.Addr)
	}
	return arg
}

// ask runs zkdoctor and gives its report.
func (p *patient) ask(t *testing.T) *report.Report {
	t.Helper()
	got, err := p.report(t.Context())
	must(t, err)
	return got
}

// report runs zkdoctor. What is wrong with its answer is an error, and not what the
// answer says.
func (p *patient) report(ctx context.Context) (*report.Report, error) {
	result, err := p.host.Run(ctx, p.command...)
	if err != nil {
		return nil, err
	}
	fail := func(format string, args ...any) (*report.Report, error) {
		return nil, fmt.Errorf("%q: exit %d, %s\nstdout: %s\nstderr: %s", p.command, result.ExitCode, fmt.Sprintf(format, args...), result.Stdout, result.Stderr)
	}
	got := new(report.Report)
	if err := json.NewDecoder(bytes.NewReader(result.Stdout)).Decode(got); err != nil {
		return fail("no JSON: %v", err)
	}
	switch {
	case len(result.Stderr) > 0:
		return fail("stderr is not empty")
	case result.ExitCode != got.Verdict.ExitCode:
		return fail("and the report says %d", got.Verdict.ExitCode)
	case got.Checks.Crashed > 0:
		return fail("%d rules crashed", got.Checks.Crashed)
	}
	return got, nil
}

// idsOf are the ids of servers, which the report names by address.
func idsOf(got *report.Report, servers []string) []int64 {
	var ids []int64
	for _, name := range servers {
		i := slices.IndexFunc(got.Servers, func(s report.ServerView) bool { return s.Name == name })
		ids = append(ids, int64(i+1))
	}
	slices.Sort(ids)
	return ids
}

// must fails the test when a step of its preparation fails.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
