package diag

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
)

const (
	// defaultJuteMaxBuffer is the longest packet by default, in bytes
	// (BinaryInputArchive.maxBuffer, 0xfffff).
	defaultJuteMaxBuffer = 1<<20 - 1
	// nearLimit is the share of it from which an answer is near the limit: one more
	// child, or a longer value, and it is over.
	nearLimit = 0.9
)

const OversizePacket report.Code = "oversize-znode-or-packet"

var oversizePacketRule = Rule{
	Code: OversizePacket, Title: "answers or requests are at the limit of length", Needs: "mntr of 3.6 and later",
	Eval: checkOversize,
}

// checkOversize looks at the longest answer that a server has given since its start,
// and at what its log says of what came to its client port.
func checkOversize(e *model.Ensemble) Outcome {
	out := perServer(longAnswers, whyNoMntr)(e)
	for _, h := range e.Hosts {
		out = out.and(longRequests(h))
	}
	return out
}

func longAnswers(_ *model.Ensemble, s *model.Server) Outcome {
	longest, ok := s.Mntr.Value.Count("zk_max_client_response_size")
	limit, known := juteMaxBuffer(s)
	switch {
	case !ok:
		return skip(report.SkipNotTold, "its mntr does not tell how long its answers are (3.6 and later do)")
	case float64(longest) < nearLimit*float64(limit):
		return Outcome{}
	case longest > limit && !known:
		return undecided("it has given longer answers than jute.maxbuffer allows by default: the option was raised, how far is not known")
	}
	return found(longAnswer(s, longest, limit, known))
}

// juteMaxBuffer is the limit of the server; known is false where the default is only
// assumed.
func juteMaxBuffer(s *model.Server) (limit int64, known bool) {
	if s.Local == nil || s.Local.Process == nil {
		return defaultJuteMaxBuffer, false
	}
	n, err := strconv.ParseInt(s.Local.Process.JuteMaxBuffer, 0, 64)
	if err != nil || n <= 0 {
		return defaultJuteMaxBuffer, s.Local.Process.JuteMaxBuffer == ""
	}
	return n, true
}

func longAnswer(s *model.Server, longest, limit int64, known bool) report.Finding {
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: fmt.Sprintf("the longest answer since its start has %d bytes, and jute.maxbuffer allows %d. What is longer cannot be written; and a client drops the connection at an answer longer than its own limit, asks again, and so on for ever.", longest, limit),
		Evidence: []report.Evidence{
			{
				Source: s.MntrFrom, Key: "zk_max_client_response_size",
				Value: fmt.Sprint(longest), Wanted: fmt.Sprintf("less than %.0f %% of %d", 100*nearLimit, limit),
			},
		},
		Fix: []report.Fix{
			{Note: "find the znode: a long value, or one with very many children, whose names make up the answer. Ask the program that owns it to split it, or to keep the bulk elsewhere"},
			{Note: "if that takes time, raise -Djute.maxbuffer, to the same on all servers and all clients, one server at a time, the clients first", Risk: "large znodes slow every server down: each write goes to all of them whole"},
		},
	}
	if !known {
		f.Certainty = report.Possible
		f.Summary += " (The default: what the server was started with is seen on its host only.)"
	}
	return f
}

// longRequests are what the log of a server says of packets that it refused within the
// last two minutes.
func longRequests(h *model.Host) Outcome {
	if h.Settings == nil || h.Process == nil {
		return Outcome{}
	}
	var out Outcome
	if lines, count, _ := saysLately(h, logline.PacketTooLong); count >= repeated {
		out = out.and(found(report.Finding{
			Severity: report.Warning, Certainty: report.Likely, Servers: serversOf(h),
			Title:    "a client sends more than it may",
			Summary:  "a client sends packets longer than jute.maxbuffer allows. The server closes the connection each time, and the client tries again.",
			Evidence: []report.Evidence{lineEvidence(h, lines[0])},
			Fix:      steps(nameOf(h), "the line names the client, or its session: ask its owner what it writes. It has to write less at a time; only if that cannot be, raise -Djute.maxbuffer, to the same on all servers and clients"),
		}))
	}
	if lines, _, _ := saysLately(h, logline.StrangerBytes); len(lines) > 0 {
		out = out.and(found(report.Finding{
			Severity: report.Info, Certainty: report.Proven, Servers: serversOf(h),
			Title:    "a stranger speaks to its client port",
			Summary:  fmt.Sprintf("what its log calls a length of %s: it is no large packet, and jute.maxbuffer is not to be raised for it. A health check or a scanner has the wrong port.", readLength(lines[0].Fields.Length)),
			Evidence: []report.Evidence{lineEvidence(h, lines[0])},
		}))
	}
	return out
}

// readLength says what a length is as four bytes: "1195725856 is "GET ", the beginning
// of HTTP".
func readLength(length int64) string {
	if length <= 0 || length > math.MaxUint32 {
		return "that kind is the beginning of another protocol"
	}
	bytes, _ := hex.DecodeString(fmt.Sprintf("%08x", length)) // eight digits
	word := string(bytes)
	switch {
	case strings.HasPrefix(word, "\x16\x03"):
		return fmt.Sprintf("%d is the greeting of TLS", length)
	case word == "SSH-":
		return fmt.Sprintf(`%d is "SSH-", the greeting of SSH`, length)
	}
	return fmt.Sprintf("%d is %q, the beginning of HTTP", length, word)
}
