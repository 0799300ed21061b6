package diag

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

func serverViews(e *model.Ensemble) []report.ServerView {
	views := make([]report.ServerView, 0, len(e.Servers))
	var leader *model.Server // the first that reported its zxid
	if i := slices.IndexFunc(e.Servers, func(s *model.Server) bool {
		return s.Role == report.Leader && s.Srvr.Seen()
	}); i >= 0 {
		leader = e.Servers[i]
	}
	for _, s := range e.Servers {
		views = append(views, serverView(e, s, leader))
	}
	return views
}

func serverView(e *model.Ensemble, s, leader *model.Server) report.ServerView {
	v := report.ServerView{
		Name: s.Name, Role: s.Role, Inferred: s.Inferred, Serving: s.Serving.Pointer(), Note: note(s),
		Ports: report.Ports{
			Client: clientView(s), Quorum: quorumView(s), Election: electionView(s),
		},
		Skipped: skippedWords(s),
	}
	if s.OverTLS && (s.Srvr.Seen() || s.NotServing() || s.Keeper != nil) {
		v.Ports.Client.Speaks = "tls"
		if s.Client.Value.TLS.PlainToo {
			v.Ports.Client.Speaks = "both"
		}
	}
	if id, source, ok := s.ShownID(); ok {
		v.ID, v.IDSource = &id, source
		if s.AtLine() && s.Line.ID != id {
			v.Note = strings.TrimPrefix(v.Note+"; ", "; ") + fmt.Sprintf("reports id %d, its line is server.%d", id, s.Line.ID)
		}
	}
	if s.Line != nil && s.Line.ID >= 0 || s.Role == report.Observer || s.NonMember {
		v.Voter = model.TruthOf(s.Voter()).Pointer()
	}
	if version, ok := s.Version(); ok {
		v.Version = new(version.String())
	}
	if s.Keeper != nil {
		v.Product = s.Keeper.Product
		if s.Keeper.Version != "" {
			v.Version = &s.Keeper.Version
		}
	}
	if up, of, ok := uptimeOf(s, e.Snap.Started); ok {
		v.UptimeSeconds, v.UptimeOf = new(int64(up/time.Second)), of
	}
	if s.Local != nil {
		if age, ok := s.Local.Age(e.Snap.Started); ok {
			v.ProcessSeconds = new(int64(age / time.Second))
		}
	}
	if s.Opened.Seen() {
		v.SessionMs = new(s.Opened.Took.Milliseconds())
	}
	if reported := s.Stats(); reported.Seen() {
		srvr := reported.Value
		v.Zxid = new(srvr.Zxid.String())
		v.Connections, v.LatencyAvgMs, v.LatencyMaxMs = &srvr.Connections, &srvr.LatencyAvg, &srvr.LatencyMax
		v.Lag = lagOf(s, leader, e.Earlier(s))
	}
	return v
}

// lagOf is how far the server's zxid is behind its leader's. A learner that has
// seen no write of the leader's epoch yet shows an older zxid and is not behind. One that had more in the
// earlier look than its leader has now follows another. leader and earlier are nil where none was seen.
func lagOf(s, leader, earlier *model.Server) *int64 {
	if leader == nil || s.Role != report.Follower && s.Role != report.Observer {
		return nil
	}
	lead, own := leader.Srvr.Value.Zxid, s.Srvr.Value.Zxid
	if lead.Epoch() != own.Epoch() && lead.Counter() > 0 {
		return nil
	}
	had := earlier != nil && earlier.Srvr.Seen() && earlier.Role == s.Role
	if had && earlier.Srvr.Value.Zxid > lead && lead.Counter() > 0 {
		return nil
	}
	if lead.Epoch() != own.Epoch() {
		return new(int64) // nothing was written in the leader's epoch yet
	}
	// Zxids are read at different moments: a server asked after its leader may
	// be ahead of what the leader said.
	return new(max(int64(lead.Counter())-int64(own.Counter()), 0))
}

// skippedWords are the words that were asked and gave nothing.
func skippedWords(s *model.Server) []string {
	var words []string
	for _, w := range []struct {
		name string
		kind snapshot.FailureKind
	}{
		{"srvr", model.KindOf(s.Srvr)},
		{"mntr", model.KindOf(s.Server.Mntr)},
		{"conf", model.KindOf(s.Server.Conf)},
		{"envi", model.KindOf(s.Envi)},
		{"ruok", model.KindOf(s.Ruok)},
		{"isro", model.KindOf(s.Isro)},
	} {
		if w.kind != "" && (s.Keeper == nil || w.kind != snapshot.Protocol) {
			words = append(words, w.name)
		}
	}
	return words
}

// The lines that zkServer.sh status prints, which is all that it ever says.
const scriptFails = "Error contacting service. It is probably not running."

func processViews(e *model.Ensemble) []report.ProcessView {
	var views []report.ProcessView
	for _, h := range e.Hosts {
		if h.Process == nil {
			continue
		}
		v := report.ProcessView{
			PID: h.Process.PID, Main: h.Process.Main, User: h.Process.User, Config: h.ConfigPath,
			Stopped: h.Process.State == "T",
		}
		if h.Settings != nil {
			v.Config = h.Settings.Path
		}
		if age, ok := h.Age(e.Snap.Started); ok {
			v.UptimeSeconds = int64(age / time.Second)
		}
		if h.Server != nil {
			v.Server, v.Serving = h.Server.Name, h.Server.Serving == model.Yes
		}
		v.StatusScript, v.StatusWhy = statusScript(h)
		views = append(views, v)
	}
	return views
}

// statusScript is the line that `zkServer.sh status` prints for the host's
// server, and why; empty when that cannot be told.
//
// The script (3.4.10 to 3.9) greps clientPort and clientPortAddress out of
// zoo.cfg, asks srvr there and greps "Mode" out of the answer. Whatever goes
// wrong on the way, it prints one and the same line.
func statusScript(h *model.Host) (line, why string) {
	if h.Process == nil || h.Settings == nil || !h.Script.Tried {
		return "", ""
	}
	if note := carriageReturn(h); note != nil {
		return scriptFails, fmt.Sprintf("%s:%d ends in CR LF: the server ignores the CR, the script uses it as part of the port", note.File, note.Line)
	}
	if h.Script.Seen() {
		return "Mode: " + string(h.Script.Value.Mode), ""
	}
	switch kind := h.Script.Failure.Kind; {
	case kind == snapshot.NotServing && h.Server != nil && h.Server.Srvr.Seen():
		return "Mode: " + string(h.Server.Mode()), "" // it came in between the two questions
	case kind == snapshot.NotServing:
		return scriptFails, "it runs and answers, but is not in a quorum; the script treats an answer without \"Mode\" as no answer"
	case h.Script.Unmade(), kind == snapshot.Denied:
		return "", ""
	default:
		text := strings.TrimPrefix(h.Script.Failure.Text, h.ScriptAddr+": ")
		return scriptFails, fmt.Sprintf("the script connects to %s: %s", h.ScriptAddr, text)
	}
}

// uptimeOf is how long a server has been up, and since what: since it took its role in an
// election, as mntr has it from 3.6 on, or since its process began.
func uptimeOf(s *model.Server, now time.Time) (up time.Duration, of string, ok bool) {
	if s.Mntr.Seen() {
		if up, ok := s.Mntr.Value.Uptime(); ok {
			return up, "election", true
		}
	}
	if s.Local != nil {
		up, ok = s.Local.Age(now)
	}
	return up, "process", ok
}

// carriageReturn finds the note on CR LF line ends, when one of the lines that
// the script reads has them.
func carriageReturn(h *model.Host) *zoocfg.Note {
	if !h.Settings.ClientPort.IsSet() {
		return nil
	}
	for i := range h.Settings.Notes {
		if n := &h.Settings.Notes[i]; n.Kind == zoocfg.NoteCRLF {
			return n
		}
	}
	return nil
}
