package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/asciijson"
)

// ChangesText writes for people what is different between two checks. The error is the writer's.
func ChangesText(w io.Writer, c *report.Changes, o Options) error {
	p := newPage(&report.Report{}, o)
	p.names = wholeNames()
	lead := fmt.Sprintf("%-10s", changedWord(c))
	p.flow(lead, strings.Repeat(" ", len(lead)), p.compared(c))
	p.moment("before", &c.Before)
	p.moment("after", &c.After)
	if len(c.Changes) > 0 {
		p.blank()
	}
	for i := range c.Changes {
		p.change(&c.Changes[i])
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// changedWord is the first word of the answer.
func changedWord(c *report.Changes) string {
	if c.Changed {
		return "CHANGED"
	}
	return "UNCHANGED"
}

// compared says what was compared, and that nothing is different where nothing is.
func (p *phrases) compared(c *report.Changes) string {
	text := plural(len(c.Changes), "change")
	if !c.Changed {
		text = "nothing that matters changed"
	}
	if !p.o.Deterministic {
		text += ", from " + utc(c.Before.At) + " to " + utc(c.After.At) + " (" + ageLong(int64(c.After.At.Sub(c.Before.At)/time.Second)) + ")"
	}
	text += "."
	if c.Before.Host != c.After.Host {
		text += " Checked from " + clean(c.Before.Host, maxWord) + ", then from " + clean(c.After.Host, maxWord) +
			": what each of them can reach may differ."
	}
	for _, m := range []*report.Moment{&c.Before, &c.After} {
		if m.Incomplete != "" {
			text += " One of the checks is incomplete (" + clean(m.Incomplete, maxWord) + ")."
			break
		}
	}
	return text
}

// moment writes the first line of one of the checks.
func (p *page) moment(label string, m *report.Moment) {
	word, state := stateWords(&report.Verdict{State: m.State, ExitCode: m.ExitCode})
	lead := fmt.Sprintf("  %-8s", label)
	text := strings.TrimSpace(word+" "+state) + ": " + p.names.prose(m.Summary)
	p.flow(lead, strings.Repeat(" ", len(lead)), text)
}

// change writes one change.
func (p *page) change(c *report.Change) {
	lead := fmt.Sprintf("  %-12s", changeWord(c.Kind))
	p.flow(lead, strings.Repeat(" ", len(lead)), p.changeText(c))
}

// EventLine is what changed and when, in one line.
func EventLine(e *report.Event) string {
	p := phrases{r: &report.Report{}, names: wholeNames()}
	return utc(e.At) + fmt.Sprintf("  %-10s  ", changeWord(e.Kind)) + p.changeText(&e.Change)
}

// EventJSON writes an event as one line of JSON.
func EventJSON(w io.Writer, e *report.Event) error {
	whole := *e
	whole.Servers = list(e.Servers)
	if err := asciijson.Write(w, &whole, ""); err != nil {
		return fmt.Errorf("the change: %w", err)
	}
	return nil
}

// ChangesJSON writes it as JSON does a report.
func ChangesJSON(w io.Writer, c *report.Changes) error {
	whole := *c
	whole.Changes = list(wholeChanges(c.Changes))
	return writeJSON(w, "changes", &whole)
}

func wholeChanges(all []report.Change) []report.Change {
	out := make([]report.Change, len(all))
	for i := range all {
		out[i] = all[i]
		out[i].Servers = list(all[i].Servers)
	}
	return out
}

// changeWord is the word for a kind of change.
func changeWord(k report.ChangeKind) string {
	switch k {
	case report.ServerWentOut:
		return "out"
	case report.ServerBack:
		return "back"
	case report.ServerNotJudged, report.FindingNotJudged:
		return "not judged"
	case report.ServerAdded, report.ServerRemoved:
		return "asked"
	case report.CountersRestarted:
		return "counters"
	case report.MemberAdded, report.MemberRemoved, report.MemberChanged:
		return "member"
	case report.FindingCame:
		return "found"
	case report.FindingWent:
		return "gone"
	case report.FindingSeverity:
		return "severity"
	default:
		return clean(string(k), 12)
	}
}

// changeText says what changed.
func (p *phrases) changeText(c *report.Change) string {
	servers := p.capServers(c.Servers)
	switch c.Kind {
	case report.ServerAdded:
		return servers + " (" + p.roleText(c.To) + "): not asked in the earlier check"
	case report.ServerRemoved:
		return servers + " (" + p.roleText(c.From) + "): not asked in the later check"
	case report.ServerRestarted:
		if c.From == "" {
			return servers + ": process counters restarted"
		}
		return servers + ": " + p.way(c) + p.since(c)
	case report.ServerRejoined:
		return servers + ": " + p.roleText(c.To) + " again" + p.since(c)
	case report.CountersRestarted:
		return servers + ": its counters restarted (a restart, a new election, or srst)"
	case report.LeaderChanged:
		return p.leaderWay(c) + p.since(c)
	case report.EpochChanged:
		return p.way(c)
	case report.VerdictChanged:
		return p.verdictText(c)
	case report.MemberAdded, report.MemberRemoved, report.MemberChanged:
		return p.memberText(c)
	case report.ConfigChanged:
		return p.configText(c)
	case report.FindingCame, report.FindingWent, report.FindingSeverity, report.FindingNotJudged:
		return p.findingText(c)
	case report.CounterJumped:
		return servers + ": " + p.names.prose(c.Text) + " " + p.way(c) + " (" + clean(c.Key, maxWord) + ")"
	case report.VersionChanged:
		return servers + ": " + p.way(c)
	default: // out, back, not judged, role
		return servers + ": " + p.roleText(c.From) + " -> " + p.roleText(c.To) + p.since(c)
	}
}

func (p *phrases) verdictText(c *report.Change) string {
	text := report.State(c.To).Word()
	if c.From != "" {
		text = report.State(c.From).Word() + " -> " + text
	}
	if c.Text != "" {
		text += ": " + p.names.prose(c.Text)
	}
	return text
}

// roleText is a role as the table has it.
func (p *phrases) roleText(role string) string {
	return roleWord(&report.ServerView{Role: report.Role(role)})
}

// way is from what to what.
func (p *phrases) way(c *report.Change) string {
	return clean(c.From, maxValue) + " -> " + clean(c.To, maxValue)
}

// since is when it happened, as the server told, and how long it took.
func (p *phrases) since(c *report.Change) string {
	text := ""
	if c.When != nil {
		text += ", since " + utc(*c.When)
		if p.ofToday {
			text = ", since " + c.When.UTC().Format(clockForm)
		}
	}
	if c.TookMs != nil {
		text += ", election " + seconds(*c.TookMs)
	}
	return text
}

func (p *phrases) leaderWay(c *report.Change) string {
	named := func(s string) string {
		if s == "" {
			return "none seen"
		}
		return p.names.prose(s)
	}
	return named(c.From) + " -> " + named(c.To)
}

func (p *phrases) memberText(c *report.Change) string {
	text := clean(c.Key, maxWord)
	switch c.Kind {
	case report.MemberAdded:
		text += " added: " + clean(c.To, maxValue)
	case report.MemberRemoved:
		text += " removed: " + clean(c.From, maxValue)
	default:
		text += ": " + p.way(c)
	}
	if len(c.Servers) > 0 {
		text += " (as " + p.capServers(c.Servers) + " reported)"
	}
	return text
}

func (p *phrases) configText(c *report.Change) string {
	text := clean(c.Key, maxWord) + ": " + p.way(c)
	if c.From == c.To { // neither value is shown
		text = clean(c.Key, maxWord) + ": another value"
	}
	if len(c.Servers) > 0 {
		return text + " (" + p.capServers(c.Servers) + ")"
	}
	return text + " (" + clean(c.Text, maxValue) + ")"
}

func (p *phrases) findingText(c *report.Change) string {
	text := slug(report.Code(c.Key))
	if s := p.capServers(c.Servers); s != "" {
		text += " (" + s + ")"
	}
	switch c.Kind {
	case report.FindingSeverity:
		return text + ": " + severityWord(report.Severity(c.From)) + " -> " + severityWord(report.Severity(c.To))
	case report.FindingNotJudged:
		return text + ": check skipped, " + p.names.prose(c.Text)
	case report.FindingCame:
		text = severityWord(c.Severity) + " " + text
	default: // gone
	}
	return text + ": " + p.names.prose(c.Text)
}
