package snapshot

import (
	"fmt"
	"strings"
)

// Isro is the reply to isro (IsroCommand, 3.4+).
type Isro string

// The replies to isro.
const (
	IsroReadWrite Isro = "rw"
	IsroReadOnly  Isro = "ro"
	// IsroNull: the server serves nobody, or is a leader with leaderServes=no.
	IsroNull Isro = "null"
)

// ParseIsro reads rw, ro or null; the server ends it without a newline.
func ParseIsro(reply []byte) (Isro, error) {
	switch isro := Isro(strings.TrimRight(string(reply), "\r\n")); isro {
	case IsroReadWrite, IsroReadOnly, IsroNull:
		return isro, nil
	}
	return "", fmt.Errorf("not rw, ro or null but %s", Quoted(FirstLine(reply)))
}

// Ruok is the reply to ruok (RuokCommand). There is but one, and it proves that
// the accept thread lives, not that the server serves.
type Ruok string

// RuokImok is "I am OK".
const RuokImok Ruok = "imok"

// ParseRuok reads imok; the server ends it without a newline.
func ParseRuok(reply []byte) (Ruok, error) {
	if ruok := Ruok(strings.TrimRight(string(reply), "\r\n")); ruok == RuokImok {
		return ruok, nil
	}
	return "", fmt.Errorf("not imok but %s", Quoted(FirstLine(reply)))
}
