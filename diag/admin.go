package diag

import (
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What an AdminServer told where the client port would not.

// hearAdmin takes its answers for those of words that are not allowed.
func (s *server) hearAdmin() {
	if !s.Conf.Seen() && s.Admin.Settings.Seen() {
		s.Conf, s.confFrom = s.Admin.Settings, sourceAdmin
	}
	if !s.Mntr.Seen() && s.Admin.Monitor.Seen() {
		s.Mntr, s.mntrFrom = s.Monitored(), sourceAdmin
	}
}

// toldByAdmin reports whether the server's role is known from its AdminServer alone.
func (s *server) toldByAdmin() bool {
	return !s.Srvr.Seen() && s.Admin.Stats.Seen()
}

// mode is the server's own word for its role; empty when it said none.
func (s *server) mode() snapshot.Mode {
	if o := s.Stats(); o.Seen() {
		return o.Value.Mode
	}
	return ""
}

// fromServer reports whether an id is what a running server says, and not only what
// its file does.
func fromServer(source string) bool { return source == sourceConf || source == sourceAdmin }
