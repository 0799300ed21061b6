package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

const (
	// shownOthers is how many processes of one kind are named.
	shownOthers = 3
	// manyProcesses is how many processes of a host are looked at (thishost.maxProcesses).
	manyProcesses = 64
)

// otherProcesses says which processes of this host only look like servers of the ensemble:
// a sentence for each reason.
func (p *phrases) otherProcesses() []string {
	if p.r.Others == nil {
		return nil
	}
	var out []string
	if found := p.r.Others.Found; found > manyProcesses {
		out = append(out, fmt.Sprintf("More than %d processes on this host have ZooKeeper's name: %d.", manyProcesses, found))
	}
	if left := p.r.Others.Unscanned; left > 0 {
		out = append(out, fmt.Sprintf("Not all processes of this host were checked: %d were not read in time. "+
			"It is not proven that no server runs here.", left))
	}
	listed := p.r.Others.Listed
	for len(listed) > 0 {
		n := slices.IndexFunc(listed, func(o report.OtherProcess) bool { return o.Why != listed[0].Why })
		if n < 0 {
			n = len(listed)
		}
		out = append(out, othersSentence(listed[:n]))
		listed = listed[n:]
	}
	if more := p.r.Others.More; more > 0 {
		out = append(out, fmt.Sprintf("%d more of them are not listed.", more))
	}
	return out
}

// othersSentence is about processes that one reason holds for.
func othersSentence(of []report.OtherProcess) string {
	var names []string
	for i := range of[:min(len(of), shownOthers)] {
		name := fmt.Sprintf("pid %d (user %s", of[i].PID, clean(of[i].User, maxWord))
		if config := clean(of[i].Config, maxValue); config != "" {
			name += ", config " + config
		}
		names = append(names, name+")")
	}
	if left := len(of) - len(names); left > 0 {
		names = append(names, fmt.Sprintf("%d more", left))
	}
	return whyOther(of[0].Why) + ": " + strings.Join(names, ", ") + "."
}

// whyOther says what was done with processes, and why.
func whyOther(why string) string {
	switch why {
	case report.WhyNotJava:
		return "Ignored, with the command line of a ZooKeeper server but no Java virtual machine"
	case report.WhyAnotherListens:
		return "Ignored, because another process listens on the client port of their configuration"
	case report.WhyOtherUser:
		return "Ignored, because they do not listen for a server of this ensemble and run as another user than its servers"
	case report.WhyOtherEnsemble:
		return "Not checked, because their configuration is of another ensemble (check it with -c FILE)"
	case report.WhyNotOwner:
		return "Ignored, because they do not listen and do not run as root or as the owner of this host's configuration or data"
	case report.WhyListensNowhere:
		return "Not verified, because they do not listen and do not run as root"
	case report.WhyBeyondLimit:
		return "Not checked, because there are too many"
	case report.WhyOwnNamespace:
		return "Not verified, because they run in their own user namespace, where they can have any address"
	case report.WhyProgramNotSeen:
		return "Not verified, because this user cannot read the executable (run zkdoctor as root)"
	}
	return "Ignored"
}
