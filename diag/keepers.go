package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ClickHouse Keeper and RaftKeeper speak ZooKeeper's protocol and its words, and are other programs:
// their roles are taken as they report them, and no rule about ZooKeeper judges them.

// whyNotKeepers is why a rule does not judge an ensemble of Keepers; empty where it does.
func whyNotKeepers(e *model.Ensemble, c Rule) Outcome {
	if e.Product == "" || c.Keepers {
		return Outcome{}
	}
	return skip(report.SkipNotZooKeeper, notZooKeeper(e.Product))
}

func notZooKeeper(product string) string {
	return "a " + product + " answers, and this check is about how ZooKeeper behaves"
}

// withoutKeepers is what a rule says of an ensemble without the Keepers in it.
func withoutKeepers(e *model.Ensemble, c Rule, out Outcome) Outcome {
	if c.Keepers || !mixedProducts(e) {
		return out
	}
	isKeeper := func(name string) bool { s := e.ByName(name); return s != nil && s.Keeper != nil }
	out.findings = slices.DeleteFunc(out.findings, func(f report.Finding) bool {
		return len(f.Servers) > 0 && !slices.ContainsFunc(f.Servers, func(name string) bool { return !isKeeper(name) })
	})
	out.skips = slices.DeleteFunc(out.skips, func(s report.Skip) bool { return isKeeper(s.Server) })
	for _, s := range e.Servers {
		if s.Keeper != nil {
			out.skips = append(out.skips, report.Skip{
				Kind: report.SkipNotZooKeeper, Server: s.Name, Reason: notZooKeeper(s.Keeper.Product),
			})
		}
	}
	return out
}

// keeperFinding is a program that speaks ZooKeeper's words and is none: nothing is wrong with that,
// unless others of the same list are ZooKeeper.
func keeperFinding(e *model.Ensemble, s *model.Server) report.Finding {
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Title: "this is a " + s.Keeper.Product + ", not ZooKeeper",
		Summary: "Roles and quorum are as it reports them, not proven on a real one. " +
			"Checks about how ZooKeeper behaves are skipped.",
		Evidence: []report.Evidence{{Source: "words", Value: keeperText(s.Keeper)}},
		Fix:      keeperAdvice(s.Keeper),
	}
	if mixedProducts(e) {
		f.Severity = report.Warning
		f.Title = "a " + s.Keeper.Product + " among other servers"
		f.Summary = "the servers given are not one ensemble: " + productsOf(e) +
			". They replicate nothing to each other, and a client that uses all of them reads different data."
		f.Fix = advice("give clients, and zkdoctor, only the servers of one program; find out which program belongs on each host")
	}
	return f
}

// idleKeeper reports whether it says that it does not serve, where no other program is asked.
func idleKeeper(s *model.Server) bool {
	return s.Keeper != nil && s.Role == report.NotServing
}

// keeperText is what it reports.
func keeperText(k *snapshot.Keeper) string {
	parts := []string{strings.TrimSpace(k.Product + " " + k.Version), keeperRole(k)}
	if k.Peers != nil && k.SyncedPeers != nil {
		parts = append(parts, fmt.Sprintf("%d of %d peers in sync", *k.SyncedPeers, *k.Peers))
	}
	return strings.Join(parts, ", ")
}

// keeperRole is its role in words.
func keeperRole(k *snapshot.Keeper) string {
	switch {
	case k.Serves == nil && k.Mode == "":
		return "role not reported"
	case k.Serves == nil:
		return string(k.Mode) + ", with or without a leader"
	case !*k.Serves:
		return "not serving"
	}
	return string(k.Mode)
}

// allowWords is the step of allowing the words that tell whether there is a leader.
func allowWords(product string) string {
	list := "four_letter_word_allow_list"
	if product == snapshot.RaftKeeper {
		list = "four_letter_word_white_list"
	}
	return "allow srvr and mntr (" + list + "): only those report whether it has a leader"
}

// keeperAdvice is what to do to know more of it.
func keeperAdvice(k *snapshot.Keeper) []report.Fix {
	if k.Serves == nil {
		return advice(allowWords(k.Product))
	}
	if k.Product == snapshot.ClickHouseKeeper {
		return advice("check it with its own tools: clickhouse-keeper-client, and the table system.zookeeper")
	}
	return advice("read its own log")
}

// productsOf says of each program which servers are that.
func productsOf(e *model.Ensemble) string {
	names := map[string][]string{}
	for _, s := range e.Servers {
		switch {
		case s.Keeper != nil:
			names[s.Keeper.Product] = append(names[s.Keeper.Product], s.Name)
		case s.AnswersAsZooKeeper():
			names["ZooKeeper"] = append(names["ZooKeeper"], s.Name)
		}
	}
	var parts []string
	for _, product := range []string{snapshot.ClickHouseKeeper, snapshot.RaftKeeper, snapshot.SomeKeeper, "ZooKeeper"} {
		if len(names[product]) > 0 {
			parts = append(parts, enumerate(names[product])+" "+oneOrMore(len(names[product]), "is ", "are ")+product)
		}
	}
	return strings.Join(parts, "; ")
}

func oneOrMore(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// asReported is what the headline adds where no server is ZooKeeper; empty where one is.
func asReported(e *model.Ensemble) string {
	if e.Product == "" {
		return ""
	}
	return " " + e.Product + ", not ZooKeeper: as it reports, not proven."
}

// mixedProducts reports whether the servers are of different programs, which replicate nothing to
// each other.
func mixedProducts(e *model.Ensemble) bool {
	for _, s := range e.Servers {
		if s.Keeper != nil {
			return e.Product == ""
		}
	}
	return false
}
