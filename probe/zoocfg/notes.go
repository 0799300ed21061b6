package zoocfg

import "strings"

// noteKey looks for keys that do nothing from zoo.cfg. ZooKeeper sets every key
// it does not know as the system property zookeeper.<key>, and these are read
// without that prefix.
func (r *reader) noteKey(line int, key string) {
	text, versions := noEffect(key)
	if text != "" {
		r.note(Note{Kind: NoteNoEffect, Line: line, Key: key, Text: text, Versions: versions})
	}
	if looksLikeServer(key) {
		r.note(Note{
			Kind: NoteServerKey, Line: line, Key: key,
			Text: "ZooKeeper does not know this key: it must be written server.N, with the dot",
		})
	}
}

func noEffect(key string) (text, versions string) {
	const jvm = "no effect from zoo.cfg: it needs -D in SERVER_JVMFLAGS"
	switch key {
	case "jute.maxbuffer", "readonlymode.enabled", "leader.nodelay", "follower.nodelay":
		return jvm, ""
	case "multiAddress.enabled":
		return "does not let server.N have several addresses:" +
			" that needs -Dzookeeper.multiAddress.enabled=true in SERVER_JVMFLAGS", "3.6+"
	}
	switch {
	case strings.HasPrefix(key, "znode.container."):
		return jvm, ""
	case strings.HasPrefix(key, "zookeeper."):
		return "no effect: ZooKeeper puts \"zookeeper.\" before it once more; write the key without it", ""
	}
	return "", ""
}

// looksLikeServer knows server1, server_1, server-1, Server.1 and the like.
func looksLikeServer(key string) bool {
	const prefix = "server"
	if len(key) <= len(prefix) || !strings.EqualFold(key[:len(prefix)], prefix) ||
		strings.HasPrefix(key, "server.") {
		return false
	}
	number := strings.TrimLeft(key[len(prefix):], "._- :")
	_, err := javaLong(number)
	return err == nil
}
