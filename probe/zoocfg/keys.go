package zoocfg

import (
	"strings"
	"unicode"
)

// Key is a key of zoo.cfg that some release reads.
type Key struct {
	Name string
	// Versions are the releases that read it, as Concerns reads them.
	Versions string
	// reads is how its value is read: one of the words below.
	reads string
}

// How a value is read that nothing else judges.
const (
	// readsNumber is Integer.getInteger: the default for what is none.
	readsNumber = "number"
	// readsLong is Long.getLong.
	readsLong = "long"
	// readsLogged is a number; ZooKeeper writes a line for what is none, and takes the default.
	readsLogged = "logged"
	// readsFlag is Boolean.parseBoolean: false for all but true.
	readsFlag = "flag"
)

// Keys are all of them.
type Keys struct {
	all  []Key // by name
	find map[string]Key
}

// KnownKeys reads the table.
func KnownKeys() Keys {
	k := Keys{find: map[string]Key{}}
	for line := range strings.Lines(strings.TrimSpace(keyTable)) {
		word := append(strings.Fields(line), "")
		key := Key{word[0], strings.TrimPrefix(word[1], "-"), word[2]}
		k.all = append(k.all, key)
		k.find[key.Name] = key
	}
	return k
}

// Find finds the key with that name. Of a family that anybody may add to, as authProvider.1,
// each name is a key.
func (k Keys) Find(name string) (Key, bool) {
	if key, known := k.find[name]; known {
		return key, true
	}
	if kindOf(name) != otherKey {
		return Key{Name: name}, true
	}
	switch prefix, rest, _ := strings.Cut(name, "."); {
	case rest == "":
	case prefix == "authProvider":
		return Key{Name: name}, true
	case prefix == "metricsProvider":
		return Key{Name: name, Versions: "3.6+"}, true
	}
	return Key{}, false
}

// looksLikeKey reports whether a text could be the name of a setting.
func looksLikeKey(key string) bool {
	const longest = 60
	return key != "" && len(key) <= longest && !strings.ContainsFunc(key, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '-'
	})
}

// LooksLikeKey reports whether a text could be the name of a key of zoo.cfg, or of a
// variable.
func LooksLikeKey(text string) bool { return looksLikeKey(strings.ReplaceAll(text, "_", "")) }

// Nearest is the key that a name which no release reads was most likely meant for; empty
// where none is near.
func (k Keys) Nearest(name string) string {
	if key := nearestNumbered(name); key != "" {
		return key
	}
	plain := bare(name)
	for line := range strings.Lines(aliasTable) {
		if alias, key, _ := strings.Cut(strings.TrimSpace(line), " "); alias != "" && bare(alias) == plain {
			return key
		}
	}
	var tail string
	best, least := "", reach(name)+1
	for _, key := range k.all {
		switch d := distance(bare(key.Name), plain, least); {
		case d == 0:
			return key.Name
		case d < least:
			best, least = key.Name, d
		}
		if strings.HasSuffix(strings.ToLower(key.Name), "."+strings.ToLower(name)) &&
			(tail == "" || len(key.Name) < len(tail)) {
			tail = key.Name
		}
	}
	if tail != "" {
		return tail
	}
	return best
}

// nearestNumbered is the key of a member that a name with a number may mean: server.1 for sever.1,
// server1 and servers.1; empty for none.
func nearestNumbered(name string) string {
	head := strings.TrimRight(name, "0123456789")
	number := name[len(head):]
	if number == "" {
		return ""
	}
	for _, family := range []string{"server", "group", "weight"} {
		if distance(bare(head), family, 3) <= 2 {
			return family + "." + number
		}
	}
	return ""
}

// bare is a name without what people mistake most: upper case, dots, hyphens and the like.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '.', '_', '-':
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// reach is how many letters of a name may be wrong: one of five, and two at most.
func reach(name string) int { return min(len(name)/5, 2) }

// distance is the number of letters to change, to add, to leave out or to swap with their
// neighbour (Damerau-Levenshtein); most or more where it is not less than that.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	before, last, here := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		here[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			here[j+1] = min(change, last[j+1]+1, here[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				here[j+1] = min(here[j+1], before[j-1]+1)
			}
		}
		before, last, here = last, here, before
	}
	return last[len(b)]
}
