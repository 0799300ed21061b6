package logline

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// A port that expects a number and gets text reads the text as the number. What the number says
// tells who came, or who answered.

// spokenIn names the protocol whose first bytes were read as a number; empty where the bytes are
// those of no protocol that is known, and may be a number after all.
func spokenIn(first []byte) string {
	switch {
	case len(first) < 4:
		return ""
	case first[0] == 0x16 && first[1] == 3:
		return "the greeting of TLS"
	case first[0] == 0x15 && first[1] == 3:
		return "an alert of TLS"
	}
	word := string(first[:4])
	switch word {
	case "GET ", "HEAD", "POST", "PUT ", "OPTI", "HTTP", "TTP/", "PRI ", "CONN":
		return fmt.Sprintf("%q: HTTP", first)
	case "SSH-":
		return fmt.Sprintf("%q: SSH", first)
	case "ruok", "srvr", "stat", "mntr", "conf", "envi", "isro":
		return fmt.Sprintf("%q: a four-letter word", first)
	case "*1\r\n", "PING", "AUTH", "PROX":
		return fmt.Sprintf("%q: another protocol", first)
	}
	return ""
}

// lengthSays reads the number behind a word as four bytes (BinaryInputArchive, NIOServerCnxn,
// ClientCnxnSocket, QuorumCnxManager: all versions). Word and line are in lower case.
func lengthSays(word string) func(line string) string {
	return func(line string) string {
		digits := digitsBehind(line, word)
		if digits == "" {
			digits = digitsBehind(line, word+" ") // "Packet len 5242911" from 3.6 on
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil {
			return ""
		}
		return spokenIn(binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
}

// idSays reads the number behind a word as eight bytes: what connects to an election port is
// expected to begin with its id (QuorumCnxManager, all versions).
func idSays(word string) func(line string) string {
	return func(line string) string {
		n, err := strconv.ParseInt(digitsBehind(line, word), 10, 64)
		if err != nil {
			return ""
		}
		return spokenIn(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
}
