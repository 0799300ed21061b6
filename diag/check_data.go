package diag

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about what a start would find in version-2 (FileTxnSnapLog,
// QuorumPeer.loadDataBase).

var txnlogCorruptRule = Rule{
	Code: TxnlogCorrupt, Title: "its newest transaction log is broken", Needs: "a server's own files",
	Traits:   Traits{AlwaysShown: true},
	Explains: startless,
	Eval:     checkTxnlogCorrupt,
}

func checkTxnlogCorrupt(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		dir := data.Logs()
		if reason := unseenOr(dir.Version2, dir.Logs); reason != "" || len(dir.Logs.Value.Newest) == 0 {
			return nil, reason
		}
		log := dir.Logs.Value.Newest[0]
		switch {
		case dir.Logs.Value.AtLeast:
			return nil, "its directory has too many files: which log is the newest was not found out"
		case !log.Content.Seen():
			return nil, unseenData(log.Content)
		case log.Content.Value.Whole:
			return nil, ""
		case !h.settledFile(log):
			return nil, "its newest log was made this moment"
		}
		value := fmt.Sprintf("%d bytes", log.Size)
		if log.Size >= 16 {
			value = "begins with " + hex.EncodeToString(log.Content.Value.Head[:min(4, len(log.Content.Value.Head))])
		}
		f := e.willNotStart(h, fmt.Sprintf("its newest transaction log, %s, has no header: ZooKeeper dies of it while it loads its data. A full disk or a power failure leaves such a file behind.", log.Name),
			Evidence{Source: "data", Server: h.name(), Key: log.Name, Value: value, Wanted: "16 bytes or more, the first four 5a4b4c47 (ZKLG)", File: fileIn(dir, log.Name)})
		if log.Size == 0 {
			// From 3.9.3 on a server removes an empty newest log itself (FileTxnLog).
			switch v, told, own := e.versionAt(h); {
			case told && v.AtLeast(3, 9, 3):
				return nil, ""
			case !own:
				f.Certainty = Likely
				f.Summary += " (3.9.3 and later remove an empty one themselves; which version this is was not told.)"
			}
		}
		return []Finding{f}, ""
	})
}

var noSnapshotRule = Rule{
	Code: NoSnapshot, Title: "it has transaction logs and no snapshot", Needs: "a server's own files",
	Explains: startless,
	Eval:     checkNoSnapshot,
}

func checkNoSnapshot(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		dir, logs := &data.Dir, data.Logs()
		if reason := unseenOr(dir.Version2, dir.Snapshots); reason != "" {
			return nil, reason
		}
		if reason := unseenOr(logs.Version2, logs.Logs); reason != "" || logs.Logs.Value.Total == 0 {
			return nil, reason
		}
		if !dir.Version2.Seen() {
			// dataDir lost its version-2 or never had one, and there are logs.
			if !dir.Owner.Seen() {
				return nil, "its dataDir is not there"
			}
		} else if none, reason := noneWhole(dir.Snapshots.Value); !none {
			return nil, reason
		}
		if h.trustsEmpty() {
			return nil, ""
		}
		v, told, own := e.versionAt(h)
		if told && !v.AtLeast(3, 5, 3) {
			return nil, "" // it starts from its logs alone
		}
		f := e.willNotStart(h, "there are transaction logs and no whole snapshot: ZooKeeper 3.5.3 and later take that for lost data.",
			Evidence{Source: "data", Server: h.name(), Key: "snapshots", Value: snapshotsOf(dir), Wanted: "one at least", File: dir.Path + "/version-2"},
			Evidence{Source: "data", Server: h.name(), Key: "logs", Value: strconv.Itoa(logs.Logs.Value.Total), File: logs.Path + "/version-2"})
		f.Fix = append(f.Fix, Fix{
			Host: h.name(), Note: "only when the whole ensemble is being upgraded from 3.4 and no snapshot was ever there: start each once with snapshot.trust.empty=true in zoo.cfg, and take the line out again",
			Risk: "where snapshots were lost this starts with a part of the data, and spreads it",
		})
		switch {
		case !told:
			f.Certainty = Possible
			f.Summary += " Versions before 3.5.3 start from their logs alone, and which version this is was not told."
		case !own:
			f.Certainty = Likely
		}
		return []Finding{f}, ""
	})
}

// noneWhole reports whether there is no snapshot that a start would use. Only the
// newest were looked at.
func noneWhole(files snapshot.DataFiles) (none bool, reason string) {
	for _, f := range files.Newest {
		if !f.Content.Seen() {
			return false, unseenData(f.Content)
		}
		if f.Content.Value.Whole {
			return false, ""
		}
	}
	if files.AtLeast || files.Total > len(files.Newest) {
		return false, fmt.Sprintf("the newest %d of %d snapshots are not whole; the others were not looked at", len(files.Newest), files.Total)
	}
	return true, ""
}

func snapshotsOf(dir *snapshot.DataDir) string {
	if !dir.Version2.Seen() {
		return "no version-2"
	}
	if files := dir.Snapshots.Value; files.Total > 0 {
		return fmt.Sprintf("%d, none whole", files.Total)
	}
	return "none"
}

// trustsEmpty reports whether the server was told to start without a snapshot.
// Boolean.getBoolean takes any case.
func (h *host) trustsEmpty() bool {
	if h.Process != nil && strings.EqualFold(h.Process.TrustEmpty, "true") {
		return true
	}
	return h.sets("snapshot.trust.empty")
}

// sets reports whether a line of the host's configuration sets a key to true.
func (h *host) sets(key string) bool {
	p, ok := h.config.Property(key)
	return ok && strings.EqualFold(strings.TrimSpace(p.Value), "true")
}

var epochMismatchRule = Rule{
	Code: EpochMismatch, Title: "its epoch files contradict its data", Needs: "a server's own files",
	Traits:   Traits{AlwaysShown: true},
	Explains: startless,
	Eval:     checkEpochMismatch,
}

func checkEpochMismatch(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if !h.distributed() {
			return nil, "" // a standalone server has none
		}
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		dir := &data.Dir
		if !dir.Version2.Seen() {
			return nil, unseenData(dir.Version2)
		}
		for _, file := range []snapshot.Obs[snapshot.EpochFile]{dir.CurrentEpoch, dir.AcceptedEpoch} {
			if reason := unseenData(file); reason != "" {
				return nil, reason
			}
		}
		current, hasCurrent, bad := h.epoch(dir, "currentEpoch", dir.CurrentEpoch)
		accepted, hasAccepted, badToo := h.epoch(dir, "acceptedEpoch", dir.AcceptedEpoch)
		switch {
		case bad != nil || badToo != nil:
			f := e.willNotStart(h, "a file with an epoch holds no number, and ZooKeeper ends with \"Found ... in\" and its path. A full disk or a kill while it was written leaves it so.")
			for _, b := range []*Evidence{bad, badToo} {
				if b != nil {
					f.Evidence = append(f.Evidence, *b)
				}
			}
			return []Finding{f}, ""
		case hasCurrent && hasAccepted && accepted < current:
			return []Finding{e.willNotStart(h, fmt.Sprintf("it has accepted epoch %d and says that it is in epoch %d, which comes later: ZooKeeper ends with \"The accepted epoch ... is less than the current epoch\".", accepted, current),
				h.epochEvidence(dir, "acceptedEpoch", accepted, fmt.Sprintf("%d or more", current)),
				h.epochEvidence(dir, "currentEpoch", current, ""))}, ""
		case hasCurrent && !dir.Repairs:
			return e.dataAhead(h, data, current)
		}
		return nil, ""
	})
}

// dataAhead compares currentEpoch with the epochs of the data.
func (e *ensemble) dataAhead(h *host, data *snapshot.Data, current int64) ([]Finding, string) {
	if reason := unseenData(data.Logs().Version2); reason != "" {
		return nil, reason
	}
	if logs := data.Logs().Logs; len(logs.Value.Newest) > 0 {
		log := logs.Value.Newest[0]
		if c := log.Content.Value; c.HasFirst && int64(c.First.Epoch()) > current {
			if !h.settledFile(log) {
				return nil, "its epoch is changing this moment"
			}
			return []Finding{e.ahead(h, data, current, int64(c.First.Epoch()), Proven,
				Evidence{Source: "data", Server: h.name(), Key: "first transaction", Value: c.First.String(), File: fileIn(data.Logs(), log.Name)})}, ""
		}
	}
	for _, s := range data.Dir.Snapshots.Value.Newest {
		if !s.Content.Value.Whole || int64(s.Zxid.Epoch()) <= current {
			continue
		}
		if !h.settledFile(s) {
			return nil, "its epoch is changing this moment"
		}
		// Its checksum was not looked at: a damaged one is passed over.
		return []Finding{e.ahead(h, data, current, int64(s.Zxid.Epoch()), Likely,
			Evidence{Source: "data", Server: h.name(), Key: "snapshot", Value: s.Name, File: fileIn(&data.Dir, s.Name)})}, ""
	}
	return nil, ""
}

func (e *ensemble) ahead(h *host, data *snapshot.Data, current, of int64, c Certainty, found Evidence) Finding {
	f := e.willNotStart(h, fmt.Sprintf("its data is of epoch %d and it says that it is in epoch %d: ZooKeeper ends with \"The current epoch ... is older than the last zxid\".", of, current),
		h.epochEvidence(&data.Dir, "currentEpoch", current, fmt.Sprintf("%d or more", of)), found)
	f.Certainty = c
	return f
}

// epoch is the number in an epoch file. has is false when the file is not there:
// the server then makes one. bad is the evidence when it holds no number.
func (h *host) epoch(dir *snapshot.DataDir, name string, file snapshot.Obs[snapshot.EpochFile]) (n int64, has bool, bad *Evidence) {
	if !file.Seen() {
		return 0, false, nil
	}
	n, err := snapshot.ParseEpoch(file.Value.Bytes)
	if err != nil {
		return 0, false, &Evidence{
			Source: "data", Server: h.name(), Key: name, Value: fmt.Sprintf("%q", file.Value.Bytes), Wanted: "a number", File: fileIn(dir, name),
		}
	}
	return n, true, nil
}

func (h *host) epochEvidence(dir *snapshot.DataDir, name string, n int64, wanted string) Evidence {
	return Evidence{Source: "data", Server: h.name(), Key: name, Value: strconv.FormatInt(n, 10), Wanted: wanted, File: fileIn(dir, name)}
}
