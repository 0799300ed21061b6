package diag

import (
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// id is the id to show for the server, and where it was read.
func (s *server) id() (id int64, source string, ok bool) {
	if id, source, ok := s.claimed(); ok {
		return id, source, true
	}
	if s.member != nil && s.member.ID >= 0 {
		return s.member.ID, "config", true
	}
	return 0, "", false
}

func (e *ensemble) serverViews() []ServerView {
	views := make([]ServerView, 0, len(e.servers))
	for _, s := range e.servers {
		views = append(views, e.view(s))
	}
	return views
}

func (e *ensemble) view(s *server) ServerView {
	v := ServerView{
		Name: s.Name, Role: s.role, Inferred: s.inferred, Serving: s.serving.pointer(), Note: note(s),
		Ports: Ports{
			Client:   portView(s.Port, s.client, s.Client),
			Quorum:   portView(s.Quorum.Number, s.quorumPort, s.Quorum.Look),
			Election: portView(s.Election.Number, s.election, s.Election.Look),
		},
		Skipped: s.skippedWords(),
	}
	if s.secure && (s.Srvr.Seen() || s.notServing()) {
		v.Ports.Client.Speaks = "tls"
		if s.Client.Value.TLS.PlainToo {
			v.Ports.Client.Speaks = "both"
		}
	}
	if id, source, ok := s.id(); ok {
		v.ID, v.IDSource = &id, source
		if s.atLine() && s.member.ID != id {
			v.Note = strings.TrimPrefix(v.Note+"; ", "; ") + fmt.Sprintf("says id %d, its line is server.%d", id, s.member.ID)
		}
	}
	if s.member != nil && s.member.ID >= 0 || s.role == Observer || s.outsider {
		v.Voter = isTrue(s.voter()).pointer()
	}
	if version, ok := s.version(); ok {
		text := version.String()
		v.Version = &text
	}
	if up, ok := s.uptime(e.snap.Started); ok {
		seconds := int64(up / time.Second)
		v.UptimeSeconds = &seconds
	}
	if s.Opened.Seen() {
		ms := s.Opened.Took.Milliseconds()
		v.SessionMs = &ms
	}
	if told := s.Stats(); told.Seen() {
		srvr := told.Value
		zxid := srvr.Zxid.String()
		v.Zxid = &zxid
		v.Connections, v.LatencyAvgMs, v.LatencyMaxMs = &srvr.Connections, &srvr.LatencyAvg, &srvr.LatencyMax
		v.Lag = e.lag(s)
	}
	return v
}

func portView(number int, state PortState, look snapshot.Obs[snapshot.Dial]) PortView {
	v := PortView{Port: number, State: state}
	if look.Tried {
		ms := look.Took.Milliseconds()
		v.Ms = &ms
	}
	return v
}

// lag is how far the server's zxid is behind its leader's. A learner that has
// seen no write of the leader's epoch yet shows an older zxid and is not behind.
func (e *ensemble) lag(s *server) *int64 {
	for _, l := range e.servers {
		if l.role != Leader || !l.Srvr.Seen() || s.role != Follower && s.role != Observer {
			continue
		}
		lead, own := l.Srvr.Value.Zxid, s.Srvr.Value.Zxid
		if lead.Epoch() != own.Epoch() && lead.Counter() > 0 {
			return nil
		}
		if lead.Epoch() != own.Epoch() {
			return new(int64) // nothing was written in the leader's epoch yet
		}
		// Zxids are read at different moments: a server asked after its leader may
		// be ahead of what the leader said.
		lag := max(int64(lead.Counter())-int64(own.Counter()), 0)
		return &lag
	}
	return nil
}

// skippedWords are the words that were asked and gave nothing.
func (s *server) skippedWords() []string {
	var words []string
	for _, w := range []struct {
		name string
		kind snapshot.FailureKind
	}{
		{"srvr", failureKind(s.Srvr)},
		{"mntr", failureKind(s.Server.Mntr)},
		{"conf", failureKind(s.Server.Conf)},
		{"envi", failureKind(s.Envi)},
		{"ruok", failureKind(s.Ruok)},
		{"isro", failureKind(s.Isro)},
	} {
		if w.kind != "" {
			words = append(words, w.name)
		}
	}
	return words
}

func failureKind[T any](o snapshot.Obs[T]) snapshot.FailureKind {
	if !o.Tried || o.Failure == nil {
		return ""
	}
	return o.Failure.Kind
}

// The lines that zkServer.sh status prints, which is all that it ever says.
const scriptFails = "Error contacting service. It is probably not running."

func (e *ensemble) processViews() []ProcessView {
	var views []ProcessView
	for _, h := range e.hosts {
		if h.Process == nil {
			continue
		}
		v := ProcessView{PID: h.Process.PID, Main: h.Process.Main, User: h.Process.User, Config: h.ConfigPath}
		if h.config != nil {
			v.Config = h.config.Path
		}
		if age, ok := h.age(e.snap.Started); ok {
			v.UptimeSeconds = int64(age / time.Second)
		}
		if h.server != nil {
			v.Server, v.Serving = h.server.Name, h.server.serving == yes
		}
		v.StatusScript, v.StatusWhy = h.statusScript()
		views = append(views, v)
	}
	return views
}
