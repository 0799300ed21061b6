package zoocfg

import (
	"strings"
	"unicode"
)

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
	if strings.EqualFold(key, "jute.maxbuffer") {
		return jvm, ""
	}
	switch key {
	case "readonlymode.enabled", "leader.nodelay", "follower.nodelay":
		return jvm, ""
	case "multiAddress.enabled":
		return "does not let server.N have several addresses:" +
			" that needs -Dzookeeper.multiAddress.enabled=true in SERVER_JVMFLAGS", "3.6+"
	}
	switch {
	case strings.HasPrefix(key, "znode.container."):
		return jvm, ""
	case ofJava(key):
		return jvm, ""
	case isVariable(key):
		return "no effect from zoo.cfg: it is a variable of the environment, for zookeeper-env.sh", ""
	case strings.HasPrefix(key, "zookeeper."):
		return "no effect: ZooKeeper puts \"zookeeper.\" before it once more; write the key without it", ""
	}
	return "", ""
}

// ofJava knows the properties of Java itself and of its loggers, which have no prefix.
func ofJava(key string) bool {
	first, _, _ := strings.Cut(key, ".")
	switch first {
	case "java", "javax", "jdk", "sun", "log4j", "log4j2", "logback":
		return strings.Contains(key, ".")
	}
	return strings.HasPrefix(key, "com.sun.") || strings.HasPrefix(key, "org.slf4j.")
}

// isVariable reports whether a key is written as a variable of the environment, as
// SERVER_JVMFLAGS and ZOO_MY_ID. ZooKeeper has no key in capitals.
func isVariable(key string) bool {
	return len(key) > 3 && LooksLikeKey(key) && strings.ToUpper(key) == key && strings.ContainsFunc(key, unicode.IsUpper)
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
