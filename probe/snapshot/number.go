package snapshot

import (
	"bytes"
	"fmt"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxShown is as long as the longest number of 64 bits with its sign.
const maxShown = 20

// notNumber says what a file holds in place of a number, where that is not to be shown, and
// is empty where it may be: it is short, and printable ASCII. All else may be anything, for
// what its owner has put there may be a link to it.
func notNumber(data []byte) string {
	line := bytes.TrimRight(data, "\r\n")
	size := fmt.Sprintf("%d bytes", len(data))
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return size + ", not shown: a byte order mark (hex efbbbf) is before the rest"
	case len(line) > maxShown:
		return fmt.Sprintf("more than %d bytes, not shown: no number is so long", maxShown)
	case bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }):
		return size + ", not shown: not all is printable ASCII"
	}
	return ""
}

// hidden is what is said of a file on pages that anybody may see.
func hidden(data []byte) string { return fmt.Sprintf("%d bytes, not shown here", len(data)) }

// NewMyID is a myid file with that content.
func NewMyID(path string, data []byte) MyID {
	_, err := zoocfg.ParseMyID(data)
	if err != nil {
		if why := notNumber(data); why != "" {
			return MyID{Path: path, Withheld: why}
		}
	}
	return MyID{Path: path, Bytes: firstLine(data)}
}

// hide keeps what is no number out of sight.
func (m *MyID) hide() {
	if _, err := zoocfg.ParseMyID(m.Bytes); err != nil && len(m.Bytes) > 0 {
		m.Bytes, m.Withheld = nil, hidden(m.Bytes)
	}
}

// NewEpochFile is an epoch file with that content.
func NewEpochFile(data []byte) EpochFile {
	if _, err := ParseEpoch(data); err != nil {
		if why := notNumber(data); why != "" {
			return EpochFile{Withheld: why}
		}
	}
	return EpochFile{Bytes: firstLine(data)}
}

func (e *EpochFile) hide() {
	if _, err := ParseEpoch(e.Bytes); err != nil && len(e.Bytes) > 0 {
		e.Bytes, e.Withheld = nil, hidden(e.Bytes)
	}
}

// firstLine is the first line of a file with its end, which is all that servers read.
func firstLine(data []byte) []byte {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		return data
	}
	return data[:end+1]
}

// HideContents keeps what stands in place of numbers in the files of a server from those
// who may see a report, and not the files.
func (l *Local) HideContents() {
	l.MyID.Value.hide()
	for _, dir := range []*DataDir{&l.Data.Value.Dir, l.Data.Value.LogDir} {
		if dir != nil {
			dir.CurrentEpoch.Value.hide()
			dir.AcceptedEpoch.Value.hide()
		}
	}
}
