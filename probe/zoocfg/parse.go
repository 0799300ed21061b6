package zoocfg

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a zoo.cfg. Path is only kept, nothing is opened. When the file
// names a dynamic file, AddDynamic must follow: until then the membership is
// only what zoo.cfg holds (which 3.4 would use, and later versions refuse), and
// the numbers of its members have not been checked.
func Parse(path string, data []byte) *Config {
	c := &Config{Path: path, Settings: defaults()}
	r := &reader{config: c, file: path, grouped: map[int64]bool{}, unreadable: map[string]bool{}}
	r.table, r.known = fields(&c.Settings), KnownKeys()
	c.Properties = r.load(data)
	effective := r.effective(c.Properties)
	hasDynamic := slices.ContainsFunc(effective, func(p Property) bool {
		return p.Key == "dynamicConfigFile"
	})
	for _, p := range effective {
		r.take(p, hasDynamic)
	}
	c.sort()
	if !c.DataLogDir.IsSet() {
		c.DataLogDir.Value = c.DataDir.Value
	}
	r.checkSettings()
	if !hasDynamic {
		r.checkMembership()
	}
	c.finish()
	return c
}

// AddDynamic reads the dynamic file that DynamicConfigFile names. Its members
// replace those of zoo.cfg, and its version is the suffix of its name: 0x100
// for zoo.cfg.dynamic.100, 0 when the suffix is not hexadecimal
// (QuorumPeerConfig.getVersionFromFilename).
func (c *Config) AddDynamic(path string, data []byte) {
	c.Dynamic = path
	c.Membership = Membership{Version: versionOf(path)}
	r := &reader{config: c, file: path, dynamic: true, grouped: map[int64]bool{}}
	c.DynamicProperties = r.keys(r.load(data))
	for _, p := range r.effective(c.DynamicProperties) {
		switch key := javaTrim(p.Key); {
		case key == "version":
			r.problem(p.Line, key, fatal{VersionInside, "dynamic file shouldn't have version inside"}, "3.5+")
		case kindOf(key) == otherKey:
			r.problem(p.Line, key, fatal{NotAMember, "Unrecognised parameter: " + key}, "3.5+")
		default:
			r.takeMember(p)
		}
	}
	c.sort()
	r.checkMembership()
	c.finish()
}

// keys leaves out the lines of a dynamic file that do not begin with anything like a key: which
// file that is zoo.cfg says, and what stands in another kind of file is not to be shown.
func (r *reader) keys(properties []Property) []Property {
	var kept []Property
	for _, p := range properties {
		if key := javaTrim(p.Key); kindOf(key) == otherKey && !looksLikeKey(key) {
			r.problem(p.Line, "", fatal{NotAMember, "Unrecognised parameter (a line that is none of a dynamic file's)"}, "3.5+")
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// versionOf is QuorumPeerConfig.getVersionFromFilename.
func versionOf(path string) uint64 {
	version, err := strconv.ParseInt(path[strings.LastIndexByte(path, '.')+1:], 16, 64)
	if err != nil || version < 0 || !strings.Contains(path, ".") {
		return 0
	}
	return uint64(version)
}

// take gives one property of zoo.cfg to the setting it belongs to. Keys that
// nothing here knows become system properties in ZooKeeper, without a check.
func (r *reader) take(p Property, hasDynamic bool) {
	key, value := javaTrim(p.Key), javaTrim(p.Value)
	r.noteKey(p.Line, key)
	if strings.Contains(value, " #") || strings.Contains(value, "\t#") {
		r.note(Note{
			Kind: NoteTrailingComment, Line: p.Line, Key: key,
			Text: "the # and what follows are part of the value: a comment needs a line of its own",
		})
	}
	if field, known := r.table[key]; known {
		field.take(r, Property{Key: key, Value: value, Line: p.Line})
		return
	}
	if kindOf(key) == otherKey {
		r.judge(key, Property{Key: key, Value: value, Line: p.Line})
		return
	}
	if hasDynamic {
		r.problem(p.Line, key, fatal{BesideDynamic, "parameter: " + key + besideDynamic}, "3.5+")
	}
	r.takeMember(p)
}

// load reads the properties and notes what is odd about the file as a whole.
func (r *reader) load(data []byte) []Property {
	properties, odd := loadProperties(data)
	for _, line := range odd.malformed {
		r.problem(line, "", errMalformed, "")
	}
	text, bom := bytes.CutPrefix(data, []byte("\xEF\xBB\xBF"))
	if bom && glued(text) {
		r.note(Note{
			Kind: NoteBOM, Line: 1,
			Text: "the byte order mark belongs to the first key, which ZooKeeper then does not know",
		})
	}
	for _, line := range odd.escapes {
		r.note(Note{
			Kind: NoteBackslash, Line: line, Key: keyOn(properties, line),
			Text: "a backslash is an escape: before a letter it is dropped, or makes a tab or a line end of it",
		})
	}
	for _, line := range odd.utf8 {
		if line > 1 || !bom {
			r.note(Note{
				Kind: NoteNotLatin1, Line: line,
				Text: `ZooKeeper reads the file as ISO-8859-1, not as UTF-8: write \uXXXX`,
			})
		}
	}
	if before, _, found := bytes.Cut(data, []byte{'\r'}); found {
		r.note(Note{
			Kind: NoteCRLF, Line: 1 + bytes.Count(before, []byte{'\n'}),
			Text: fmt.Sprintf("%d line ends have a CR: the server takes them, zkServer.sh does not",
				bytes.Count(data, []byte{'\r'})),
		})
	}
	return properties
}

// glued reports whether a byte order mark before that text hides a key: a comment or an
// empty line becomes a key that nobody asks for.
func glued(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSpace(line)
	return len(line) > 0 && line[0] != '#' && line[0] != '!'
}

// keyOn is the key of the property that begins on a line.
func keyOn(properties []Property, line int) string {
	i := slices.IndexFunc(properties, func(p Property) bool { return p.Line == line })
	return javaTrim(properties[i].Key)
}

// effective keeps the last one of each key, as a java.util.Properties does, and
// notes the others.
func (r *reader) effective(properties []Property) []Property {
	last := make(map[string]int, len(properties))
	for i, p := range properties {
		last[p.Key] = i
	}
	kept := make([]Property, 0, len(last))
	for i, p := range properties {
		if last[p.Key] == i {
			kept = append(kept, p)
			continue
		}
		line := properties[last[p.Key]].Line
		r.note(Note{
			Kind: NoteDuplicate, Line: line, Other: p.Line, Key: p.Key,
			Text: fmt.Sprintf("set on line %d and again on line %d: the last one counts", p.Line, line),
		})
	}
	return kept
}

// finish puts Problems and Notes in order: zoo.cfg first, then by line.
func (c *Config) finish() {
	order := func(file string, line int) int {
		if file != c.Path {
			line += 1 << 30 // more lines than a file may have
		}
		return line
	}
	slices.SortStableFunc(c.Problems, func(a, b Problem) int {
		return cmp.Compare(order(a.File, a.Line), order(b.File, b.Line))
	})
	slices.SortStableFunc(c.Notes, func(a, b Note) int {
		return cmp.Compare(order(a.File, a.Line), order(b.File, b.Line))
	})
}
