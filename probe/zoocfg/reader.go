package zoocfg

import "errors"

// reader fills a Config from one file.
type reader struct {
	config *Config
	file   string
	// dynamic: the file is the dynamic one, which 3.4 never reads.
	dynamic bool
	table   map[string]field // nil for the dynamic file
	known   Keys             // likewise
	// noElection are the servers that only 3.4 takes, without election port.
	noElection []Server
	// grouped are the servers that are in a group.
	grouped map[int64]bool
	// unreadable are the keys of numbers that are none.
	unreadable map[string]bool
}

// field takes the value of one key.
type field interface {
	take(r *reader, p Property)
}

// problem adds a Problem; of the dynamic file, which 3.4 never reads, only
// what concerns later versions.
func (r *reader) problem(line int, key string, err error, versions string) {
	if r.dynamic {
		switch versions {
		case "3.4":
			return
		case "":
			versions = "3.5+"
		}
	}
	p := Problem{File: r.file, Line: line, Key: key, Text: err.Error(), Versions: versions}
	if f, ok := errors.AsType[fatal](err); ok {
		p.Kind = f.kind
	}
	r.config.Problems = append(r.config.Problems, p)
}

func (r *reader) note(n Note) {
	n.File = r.file
	r.config.Notes = append(r.config.Notes, n)
}

// ignored notes a value that is not understood.
func (r *reader) ignored(p Property) {
	r.notUnderstood(p, "ZooKeeper does not understand the value and takes the default, without a word", "")
}

func (r *reader) notUnderstood(p Property, text, versions string) {
	r.note(Note{Kind: NoteIgnoredValue, Line: p.Line, Key: p.Key, Text: text, Versions: versions})
}

// readAsFalse is the text of a switch that is neither true nor false.
const readAsFalse = "ZooKeeper reads the value as false, without a word"
