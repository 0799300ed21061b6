package advisory

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/advisories.md anew")

const page = "../../docs/advisories.md"

const pageHead = `# Advisories

What releases of ZooKeeper do: which lose data, stop servers or have vulnerabilities, and which
lines have ended. Written from ` + "`diag/advisory/advisories.txt`" + ` by
` + "`go test ./diag/advisory -run TestPage -update`" + `.

- ` + "`zkdoctor advisories`" + ` lists them, ` + "`zkdoctor advisories 3.8.4`" + ` those of a release.
- ` + "`zkdoctor check`" + ` names those that concern the releases that run
  ([known-bad-version](findings/known-bad-version.md)), ` + "`zkdoctor lint --zookeeper 3.8.4`" + ` those that
  concern the release that a file is for. Both say it in one note. It is a warning only where data
  is at risk and the server's own configuration is what it takes.
- A release without an advisory may have faults that zkdoctor does not know. 3.8 and 3.9 were
  supported by the project in July 2026.

## Newer advisories

` + "`check`, `lint`, `exporter` and `advisories`" + ` take newer rows with ` + "`--advisories FILE`" + `: a row with the id of a
built-in one, or with another id of it, replaces it; others are added. The exporter reads the file again when it reloads. A
file has at most 1 MiB and 1,000 rows, and is plain ASCII. A row is a paragraph:

` + "```" + `
id: ZOOKEEPER-4925
effect: data
releases: 3.9.3
exposed: several-servers
when: A server that was behind catches up, becomes the leader, and
  others catch up from it.
what: They lack transactions.
fixed: 3.9.4
source: https://issues.apache.org/jira/browse/ZOOKEEPER-4925
` + "```" + `

- A line that begins with a blank goes on with the value; one with # is a comment.
- ` + "`also`" + ` may name other ids of the same fault, with blanks.
- ` + "`log`" + ` may be what a server with the fault writes again and again: the message and, behind a
  colon, the innermost exception. Where nothing explains why such a server does not serve, the row is
  named. ` + "`avoid`" + ` may be a sentence on what helps without another release.
- ` + "`effect`" + ` is data, stops, security or end-of-life.
- ` + "`releases`" + ` and ` + "`fixed`" + ` have commas between releases. A range is within one line: 3.9.0-3.9.3. A line is
  all of its releases: 3.4. ` + "`fixed`" + ` may be none.
- ` + "`exposed`" + ` is what it takes, as far as zkdoctor can see it:
`

// meanings are the conditions in words.
func meanings() map[Condition]string {
	return map[Condition]string{
		Always:             "the release is enough",
		SeveralServers:     "a member of an ensemble, not a standalone server",
		ReachabilityCheck:  "a member, and `multiAddress.reachabilityCheckEnabled` is not false",
		UncommittedLeader:  "a leader that has committed nothing since its election",
		TrustEmpty:         "a standalone server with `snapshot.trust.empty=true`",
		WildcardAddress:    "a server.N line with a wildcard address",
		QuorumSASL:         "`quorum.auth.enableSasl=true`",
		QuorumSASLObserver: "that, and an observer with a lower id than a voter",
		ConnectionThrottle: "`connection_throttle_tokens` above 0",
		ClientAuth:         "an authentication provider for clients",
		AdminServer:        "the AdminServer is on, and its snapshot or restore",
		TLSHostNames:       "TLS with verification of host names, without FIPS mode",
		JavaClients:        "a fault of the Java client: listed, never said of a server",
		Unseen:             "zkdoctor does not see it: listed, never said of a server",
	}
}

// TestPage: docs/advisories.md is what the table says.
func TestPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, c := range Conditions() {
		words, ok := meanings()[c]
		if !ok {
			t.Errorf("%s: no words", c)
		}
		fmt.Fprintf(&b, "  - `%s`: %s\n", c, words)
	}
	titles := map[Effect]string{Data: "Loses or diverges data", Stops: "Stops servers", Security: "Security", EndOfLife: "End of life"}
	for _, e := range Effects() {
		fmt.Fprintf(&b, "\n## %s\n", titles[e])
		for _, a := range Builtin().withEffect(e) {
			fmt.Fprintf(&b, "\n### %s\n\n", strings.Join(append([]string{a.ID}, a.Also...), ", "))
			fmt.Fprintf(&b, "- Releases: %s\n", strings.ReplaceAll(a.Releases, ",", ", "))
			fmt.Fprintf(&b, "- When (`%s`): %s\n- What: %s\n", a.Exposed, a.When, a.What)
			if a.Avoid != "" {
				fmt.Fprintf(&b, "- Without another release: %s\n", a.Avoid)
			}
			fmt.Fprintf(&b, "- Fixed in: %s\n- Source: <%s>\n", strings.Join(a.Fixed, ", "), strings.Join(a.Sources, ">, <"))
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("%s: write it anew with -update (-want +got):\n%s", page, diff)
	}
}
