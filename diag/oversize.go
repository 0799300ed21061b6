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
	Code: OversizePacket, Title: "requests or responses near jute.maxbuffer", Needs: "mntr of 3.6 and later",
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
		return skip(report.SkipNotReported, "its mntr does not report the size of responses (3.6 and later do)")
	case float64(longest) < nearLimit*float64(limit):
		return Outcome{}
	case longest > limit && !known:
		return undecided("its responses were larger than the default jute.maxbuffer: the option was raised, to an unknown value")
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
		Summary: fmt.Sprintf("the largest response since its start has %d bytes, and jute.maxbuffer allows %d. A larger request is refused. A client closes the connection at a response above its own limit, reconnects, and repeats the request without end.", longest, limit),
		Evidence: []report.Evidence{
			{
				Source: s.MntrFrom, Key: "zk_max_client_response_size",
				Value: fmt.Sprint(longest), Wanted: fmt.Sprintf("less than %.0f %% of %d", 100*nearLimit, limit),
			},
		},
		Fix: []report.Fix{
			{Note: "find the znode: one with a large value, or with very many children, whose names make up the response. Change the application that owns it: split the znode, or store the data elsewhere"},
			{Note: "if that takes time, raise -Djute.maxbuffer to the same value on all servers and all clients: the clients first, then one server at a time", Risk: "large znodes slow every server down: each write is sent whole to all of them"},
		},
	}
	if !known {
		f.Certainty = report.Possible
		f.Summary += " (The default: the option of the server is visible only on its host.)"
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
			Title:    "client requests exceed jute.maxbuffer",
			Summary:  "a client sends packets longer than jute.maxbuffer allows. The server closes the connection each time, and the client tries again.",
			Evidence: []report.Evidence{lineEvidence(h, lines[0])},
			Fix:      steps(nameOf(h), "the log line names the client, or its session: ask its owner what it writes. Make the client write less at a time; only if that is not possible, raise -Djute.maxbuffer to the same value on all servers and clients"),
		}))
	}
	if lines, _, _ := saysLately(h, logline.ForeignBytes); len(lines) > 0 {
		out = out.and(found(report.Finding{
			Severity: report.Info, Certainty: report.Proven, Servers: serversOf(h),
			Title:    "another protocol is used on the client port",
			Summary:  fmt.Sprintf("its log reports a length of %s: this is not a large packet, and raising jute.maxbuffer does not help. A health check or a scanner uses the wrong port.", readLength(lines[0].Fields.Length)),
			Evidence: []report.Evidence{lineEvidence(h, lines[0])},
		}))
	}
	return out
}

// readLength says what a length is as four bytes: "1195725856 is "GET ", the beginning
// of HTTP".
func readLength(length int64) string {
	if length <= 0 || length > math.MaxUint32 {
		return "this value is the first bytes of another protocol"
	}
	bytes, _ := hex.DecodeString(fmt.Sprintf("%08x", length)) // eight digits
	word := string(bytes)
	switch {
	case strings.HasPrefix(word, "\x16\x03"):
		return fmt.Sprintf("%d is the beginning of TLS", length)
	case word == "SSH-":
		return fmt.Sprintf(`%d is "SSH-", the beginning of SSH`, length)
	}
	return fmt.Sprintf("%d is %q, the beginning of HTTP", length, word)
}
