package logline

import "strconv"

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
		return strconv.Quote(string(first)) + ": HTTP"
	case "SSH-":
		return strconv.Quote(string(first)) + ": SSH"
	case "ruok", "srvr", "stat", "mntr", "conf", "envi", "isro":
		return strconv.Quote(word) + ": a four-letter word"
	case "*1\r\n", "PING", "AUTH", "PROX":
		return strconv.Quote(word) + ": another protocol"
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
		return spokenIn(bigEndian(n, 4))
	}
}

// idSays reads the number behind a word as eight bytes: what connects to an election port is
// expected to begin with its id (QuorumCnxManager, all versions).
func idSays(word string) func(line string) string {
	return func(line string) string {
		n, err := strconv.ParseUint(digitsBehind(line, word), 10, 64)
		if err != nil {
			return ""
		}
		return spokenIn(bigEndian(n, 8))
	}
}

// bigEndian are the lowest bytes of a number, as they came over the wire.
func bigEndian(n uint64, length int) []byte {
	first := make([]byte, length)
	for i := range first {
		first[length-1-i] = byte(n >> (8 * i) & 0xff)
	}
	return first
}
