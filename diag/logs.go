package diag

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe"
)

// What a server's own log says since its last start. It supports what sockets and
// files show, and never stands alone: a line may be an hour old and long mended.

// fatalSigns are what a server writes when it ends.
var fatalSigns = []probe.LogSign{
	probe.LogMyIDMissing, probe.LogMyIDMalformed, probe.LogMyIDNotListed, probe.LogNoSpace, probe.LogOutOfMemory,
	probe.LogRecordTooLong, probe.LogEpochOld, probe.LogNoSnapshot, probe.LogDataDamaged, probe.LogDataDenied,
	probe.LogAddressForeign, probe.LogAddressInUse, probe.LogDatabaseUnloaded, probe.LogAdminPort, probe.LogMetricsPort,
	probe.LogConfigInvalid, probe.LogJavaClass, probe.LogUnrecoverable, probe.LogExit,
}

// outsideSigns are what a server writes that runs and finds no quorum.
var outsideSigns = []probe.LogSign{
	probe.LogListenerGone, probe.LogAddressForeign, probe.LogNoSpace, probe.LogDatabaseUnloaded, probe.LogOwnIDElsewhere,
	probe.LogEpochAhead, probe.LogPeerTLS, probe.LogPeerSASL, probe.LogUnknownPeer, probe.LogLeaderUnreached, probe.LogPeerUnreached,
}

// maxLogEvidence is how many lines of a log a finding shows.
const maxLogEvidence = 2

// logged is what the log of a host's server says of that kind: the special before the
// general, as the list has it. nil host, unread log: nothing.
func (h *host) logged(signs []probe.LogSign) []Evidence {
	if h == nil || !h.Log.Seen() {
		return nil
	}
	var out []Evidence
	for _, sign := range signs {
		i := slices.IndexFunc(h.Log.Value.Lines, func(l probe.LogLine) bool { return l.Sign == sign })
		if i < 0 || len(out) == maxLogEvidence {
			continue
		}
		line := h.Log.Value.Lines[i]
		out = append(out, Evidence{Source: "log", Server: h.name(), Key: line.At, Value: line.Text, File: h.Log.Value.Path})
	}
	return out
}
