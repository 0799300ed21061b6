package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about servers that do not let each other in: TLS and SASL between them.

// rejection is a way in which servers refuse each other, and how their logs show it.
type rejection struct {
	// signs are the lines that nobody but a peer can cause. One may be of a moment;
	// repeated is what keeps a server out.
	signs []logline.Sign
	// says finds them: those of the last two minutes, or since the last start.
	says func(h *model.Host, signs ...logline.Sign) (lines []snapshot.LogLine, count int, reason string)
	// finding fills in what is wrong at that server, as the log of h has it. like says which
	// servers' settings to compare.
	finding func(h *model.Host, lines []snapshot.LogLine, like string) report.Finding
}

const QuorumTLSHandshake report.Code = "quorum-tls-handshake"

var quorumTLSHandshakeRule = Rule{
	Code: QuorumTLSHandshake, Title: "TLS between servers fails", Needs: "a server's own files and log, twice",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: keptOut,
	Eval:     perHost(checkQuorumTLS),
}

func checkQuorumTLS(e *model.Ensemble, h *model.Host) Outcome {
	if f := tlsDiffers(e, h); f != nil {
		return found(*f)
	}
	r := rejection{[]logline.Sign{logline.PeerTLS, logline.PeerTLSCut}, saysLately, handshakeFails}
	if !h.Settings.SSLQuorum.Value {
		// Its peers call it while they elect, and then no more.
		r = rejection{[]logline.Sign{logline.PeerTLSHello}, saysSinceStart, speaksNoTLS}
	}
	return rejectedPeers(e, h, r)
}

// tlsDiffers compares the files of two hosts: one stays out and speaks no TLS where the
// other serves and takes nothing else, or the other way round. No log is needed for it.
func tlsDiffers(e *model.Ensemble, h *model.Host) *report.Finding {
	if !h.Distributed() || h.Process == nil || h.Server == nil || !e.Twice(h.Server, (*model.Server).NotServing) {
		return nil
	}
	for _, o := range e.Hosts {
		if o.Settings == nil || o.Process == nil || o.Server == nil || o.Server.Serving != model.Yes ||
			o.Settings.SSLQuorum.Value == h.Settings.SSLQuorum.Value ||
			o.Settings.PortUnification.Value || h.Settings.PortUnification.Value {
			continue
		}
		f := speaksNoTLS(h, nil, likeServing)
		f.Severity, f.Certainty, f.Servers = severityOf(e, h.Server), report.Proven, []string{h.Server.Name}
		f.Summary = fmt.Sprintf("%s serves with another sslQuorum than this server, which cannot join: one of them speaks TLS and the other does not.", o.Server.Name)
		f.Evidence = []report.Evidence{sslQuorumEvidence(h), sslQuorumEvidence(o)}
		for i := range f.Fix {
			f.Fix[i].Host = h.Server.Name
		}
		return &f
	}
	return nil
}

const QuorumSASLFailed report.Code = "quorum-sasl-failed"

var quorumSASLFailedRule = Rule{
	Code: QuorumSASLFailed, Title: "SASL authentication between servers fails",
	Needs:    "a server's own files and log, twice",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: keptOut,
	Eval:     perHost(checkQuorumSASL),
}

func checkQuorumSASL(e *model.Ensemble, h *model.Host) Outcome {
	if !h.Settings.QuorumSASL.Value {
		return Outcome{} // what its peers say of it stands in their logs
	}
	return rejectedPeers(e, h, rejection{[]logline.Sign{logline.PeerFIPS, logline.PeerSASL}, saysLately, passwordFails})
}

// rejectedPeers finds the server that is refused, by the log of a host: its own, or the one
// voter besides that runs and does not serve while this one does.
func rejectedPeers(e *model.Ensemble, h *model.Host, r rejection) Outcome {
	if !h.Distributed() || h.Process == nil {
		return Outcome{}
	}
	s := h.Server
	if s == nil {
		return undecided("which server this host is could not be determined")
	}
	at, says := s, r.says
	if s.Serving == model.Yes {
		out := e.Filter(func(o *model.Server) bool { return o.Voter() && o.NotServing() && o.Role == report.NotServing })
		if len(out) != 1 {
			return Outcome{} // none, or which of them it is cannot be told from here
		}
		at, says = out[0], saysLately
		if at.Local != nil && tlsDiffers(e, at.Local) != nil {
			return Outcome{} // its own files say it better
		}
	}
	if !at.NotServing() {
		return undecided("whether it serves was not reported")
	}
	lines, count, reason := says(h, r.signs...)
	switch {
	case reason != "":
		return undecided(reason)
	case count < repeated:
		return Outcome{}
	case e.Before == nil:
		return undecided("it does not serve now; two checks are needed to distinguish this from joining")
	case !e.Twice(at, (*model.Server).NotServing):
		return Outcome{}
	}
	f := r.finding(h, lines, likeOf(e))
	f.Severity, f.Certainty, f.Servers = severityOf(e, at), report.Likely, []string{at.Name}
	addEvidence(&f, report.Evidence{
		Source: "srvr", Server: at.Name, Value: "not currently serving requests", Wanted: "Mode: leader or follower",
	})
	for _, line := range lines {
		addEvidence(&f, lineEvidence(h, line))
	}
	if at != s {
		f.Summary = fmt.Sprintf("%s serves, %s is the only voter that runs and does not serve, and the log of %[1]s repeats: %[3]s", s.Name, at.Name, f.Summary)
	}
	for i := range f.Fix {
		if f.Fix[i].Host == "" {
			f.Fix[i].Host = at.Name
		}
	}
	return found(f)
}

// likeServing are those to compare a server with that is out, where some serve.
const likeServing = "a server that serves"

// likeOf are those to compare a server with that is out.
func likeOf(e *model.Ensemble) string {
	if len(e.Filter(func(s *model.Server) bool { return s.Serving == model.Yes })) == 0 {
		return "the other servers"
	}
	return likeServing
}

// tlsSettings is the step that shows what a server has set for TLS with its peers.
func tlsSettings(h *model.Host, like string) report.Fix {
	return inspect("", "grep -nE '^(sslQuorum|portUnification|ssl[.]quorum[.][a-zA-Z]*[.](location|type))' "+shellWord(h.ConfigPath),
		"compare these lines with those of "+like+"; sslQuorum must be the same on all")
}

func handshakeFails(h *model.Host, lines []snapshot.LogLine, like string) report.Finding {
	if line, ok := misnamed(h); ok {
		return nameRefused(h, line)
	}
	why, says := reasonOfTLS(h, lines)
	f := report.Finding{
		Summary:  "TLS handshakes between servers fail: " + why.means + ".",
		Evidence: append(says, sslQuorumEvidence(h)),
		Fix:      []report.Fix{tlsSettings(h, like)},
	}
	if why.do != "" {
		f.Fix = append(f.Fix, step("", why.do))
		return f
	}
	alone := step("", "install the right file, and restart only this server")
	alone.Risk = "none: it does not serve clients now"
	if like == likeServing {
		alone.Note += ". Do not restart those that serve: they check a certificate only when a connection is made"
	}
	f.Fix = append(f.Fix, step("", "check its certificate (keytool -list -v -keystore FILE): is it valid, is its issuer in the trust stores of the others, does it name this host? PKIX: the issuer is not trusted. bad_certificate or certificate_unknown: a peer does not trust this server. \"Failed to verify\": the name. \"terminated the handshake\": the peer speaks no TLS"), alone)
	return f
}

func speaksNoTLS(h *model.Host, _ []snapshot.LogLine, like string) report.Finding {
	return report.Finding{
		Summary:  "servers connect to each other with TLS, and one of them does not speak it: it reads the TLS bytes as a server id, 1586114..., and waits without end.",
		Evidence: []report.Evidence{sslQuorumEvidence(h)},
		Fix: []report.Fix{
			tlsSettings(h, like),
			{Note: "sslQuorum must be the same on all servers. If the others have it, set sslQuorum=true, the key store and the trust store here; if they do not, remove it here. Restart only this server", Risk: "none: it does not serve clients now"},
			{Note: "if TLS is to be introduced on all servers instead: set portUnification=true on all servers first, then sslQuorum=true on one server at a time, and remove portUnification at the end"},
		},
	}
}

func passwordFails(h *model.Host, lines []snapshot.LogLine, like string) report.Finding {
	f := report.Finding{
		Summary: "servers refuse each other's SASL authentication: the user or password of one differs from the others', or one of them does not authenticate.",
		Evidence: []report.Evidence{
			settingEvidence(h, "quorum.auth.enableSasl", h.Settings.QuorumSASL, ""),
		},
		Fix: []report.Fix{
			inspect("", "grep -n '^quorum[.]auth[.]' "+shellWord(h.ConfigPath), "compare these lines with those of "+like+", before anything is changed: the server that differs from all others is the wrong one"),
			{Note: "compare the sections QuorumServer and QuorumLearner of its JAAS file (-Djava.security.auth.login.config) with those of " + like + ": the same user and password on all; with Kerberos, its own keytab"},
			{Note: "if this server is the one that differs, correct its file, and restart only this server; if all others have what it has, go on at " + like, Risk: "none here: it does not serve clients now. Another server is restarted only while the rest is a quorum"},
		},
	}
	if slices.ContainsFunc(lines, func(l snapshot.LogLine) bool { return l.Sign == logline.PeerFIPS }) {
		f.Summary = "FIPS mode is on, as is the default in 3.9, and forbids DIGEST-MD5, which the servers use to authenticate to each other. An ensemble upgraded from 3.8 with it has no quorum."
		f.Fix = advice("add -Dzookeeper.fips-mode=false to SERVER_JVMFLAGS on every server that runs 3.9 or later, and restart it; or authenticate with Kerberos")
	}
	return f
}
