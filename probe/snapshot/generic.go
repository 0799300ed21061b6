package snapshot

import "bytes"

// NotServingText is the reply of every word but ruok, isro and envi on a server
// without a quorum, and on a leader with leaderServes=no
// (AbstractFourLetterCommand.ZK_NOT_SERVING, all versions; only hash leaves out
// the newline).
const NotServingText = "This ZooKeeper instance is not currently serving requests"

// NotAllowedText follows the word (NopCommand, 3.4.10+).
const NotAllowedText = " is not executed because it is not in the whitelist."

// generic recognises the replies that may come in place of any answer; the kind
// is empty when it is none of them.
func generic(word Word, data []byte) (kind FailureKind, text string) {
	line := bytes.TrimSpace(data)
	switch {
	case bytes.Equal(line, []byte(NotServingText)):
		return NotServing, "the server runs, but is not currently serving requests"
	case bytes.Equal(line, []byte(word.String()+NotAllowedText)):
		return NotAllowed, word.String() + " is not in the server's 4lw.commands.whitelist"
	}
	if foreign := Foreign(data); foreign != "" {
		return foreignKind(foreign), foreign + " answered"
	}
	return "", ""
}

// ownForms are how answers begin that only ZooKeeper gives: those to srvr, mntr and envi.
var ownForms = []string{"Zookeeper version: ", "Environment:\nzookeeper.version="}

// OnlyZooKeeper reports whether a reply shows by itself that ZooKeeper gave it: by its version, or
// by a sentence that no other program has.
func OnlyZooKeeper(reply []byte) bool {
	text := bytes.TrimSpace(reply)
	for _, form := range ownForms {
		if bytes.HasPrefix(text, []byte(form)) {
			return true
		}
	}
	version, isMntr := bytes.CutPrefix(text, []byte("zk_version\t"))
	return isMntr && len(version) > 0 && version[0] >= '0' && version[0] <= '9' ||
		bytes.Equal(text, []byte(NotServingText)) ||
		len(text) == 4+len(NotAllowedText) && bytes.HasSuffix(text, []byte(NotAllowedText))
}

// foreignPrefixes are the first bytes of what else may sit on the port.
var foreignPrefixes = []struct{ prefix, name string }{
	{"HTTP/", "an HTTP server"},
	{"<!DOCTYPE", "an HTTP server"},
	{"<!doctype", "an HTTP server"},
	{"<html", "an HTTP server"},
	{"SSH-", "an SSH server"},
	{"-ERR", "a Redis server"},
	{"-NOAUTH", "a Redis server"},
	{"-DENIED", "a Redis server"},
	{"220 ", "a mail or FTP server"},
	{"220-", "a mail or FTP server"},
}

// tlsServer is most likely ZooKeeper's own secureClientPort.
const tlsServer = "a TLS server"

// foreignKind is TLS for what may well be ZooKeeper behind TLS, Protocol for
// what is certainly something else.
func foreignKind(foreign string) FailureKind {
	if foreign == tlsServer {
		return TLS
	}
	return Protocol
}

// Foreign names what data looks like, "" when nothing known.
func Foreign(data []byte) string {
	if product := keeperOf(data); product != "" {
		return "a " + product
	}
	start := bytes.TrimLeft(data[:min(len(data), 64)], "\r\n")
	for _, s := range foreignPrefixes {
		if bytes.HasPrefix(start, []byte(s.prefix)) {
			return s.name
		}
	}
	// A TLS record: alert (21) or handshake (22), version 3.x (RFC 8446 5.1).
	if len(data) >= 2 && (data[0] == 0x15 || data[0] == 0x16) && data[1] == 3 {
		return tlsServer
	}
	return ""
}
