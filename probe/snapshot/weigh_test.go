package snapshot

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// repeated is a text of a snapshot in which that stands n times, between commas.
func repeated(before, what string, n int, after string) []byte {
	return []byte(`{"format":1,"tool":"x",` + before + strings.TrimSuffix(strings.Repeat(what+",", n), ",") + after + `}`)
}

// TestTooMuchToDecode: what would become far more in memory than it is in a file is refused
// before it does.
func TestTooMuchToDecode(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{
		"servers":              repeated(`"servers":[`, "{}", 10_000, "]"),
		"servers, as SERVERS":  repeated(`"SERVERS":[`, "{}", 10_000, "]"),
		"servers, as ſervers":  repeated(`"ſervers":[`, "{}", 10_000, "]"),
		"servers of before":    repeated(`"before":{"servers":[`, "{}", 10_000, "]}"),
		"hosts":                repeated(`"local":[`, "{}", 10_000, "]"),
		"servers that are set": repeated(`"plan":{"config":{"servers":[`, "{}", 40_000, "]}}"),
		"addresses":            repeated(`"vantage":{"addrs":{"tried":true,"value":[`, `""`, 100_000, "]}}"),
		"pairs":                repeated(`"servers":[{"name":"a","mntr":{"tried":true,"value":{"keys":{`, `"":""`, 50_000, "}}}}]"),
		"looks in turn":        repeated(`"servers":[{"again":[`, "{}", 10_000, "]}]"),
		"configurations":       repeated(`"plan":{`, `"config":{}`, 30_000, "}"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := (&Budget{1 << 20}).ReadSnapshot(text)
			if err == nil || !strings.Contains(err.Error(), "would take more memory than the limit of 1 MiB") {
				t.Errorf("%d bytes: %v", len(text), err)
			}
		})
	}
	for text, want := range map[string]string{
		`{"format":1,"x":` + strings.Repeat("[", 1000):                                     "more than 40 deep",
		strings.Repeat(`{"before":`, 1000):                                                 "more than 40 deep",
		strings.Repeat(`{"format":1,`, 1000):                                               "is no JSON (byte 12",
		string(repeated(`"servers":[`, `{"name":"a"}`, maxTargets+1, "]")):                 "has 20001 servers",
		`{"format":1,"servers":[` + strings.Repeat(" ", MaxSnapshotFile):                   "is larger than 32 MiB",
		string(repeated(`"local":[`, `{}`, maxLocal+1, "]")):                               "has 1001 servers of its host",
		`{"format":1,"servers":{"a":{}}}`:                                                  "servers is a JSON object",
		`{"format":1,"plan":{"config":[` + strings.Repeat(`{},`, 100) + `{}]},"tool":"x"}`: "is a JSON array",
	} {
		if _, err := ReadSnapshot([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// TestMostServers: as many servers as a snapshot may have are read, with two looks at each.
func TestMostServers(t *testing.T) {
	t.Parallel()
	servers := strings.TrimSuffix(strings.Repeat(`{"name":"a"},`, maxTargets), ",")
	text := `{"format":1,"tool":"x","servers":[` + servers + `],"before":{"servers":[` + servers + `]}}`
	if s, err := ReadSnapshot([]byte(text)); err != nil || len(s.Servers) != maxTargets {
		t.Error(err)
	}
}

// TestBudget: snapshots that are read together share what they may take.
func TestBudget(t *testing.T) {
	t.Parallel()
	b := NewBudget(2)
	text := repeated(`"servers":[`, `{"name":"a"}`, maxTargets, "]")
	if _, err := b.ReadSnapshot(text); err != nil {
		t.Error(err)
	}
	if _, err := b.ReadSnapshot(text); err == nil {
		t.Error("the second one is read, too")
	}
}

// TestWeight: a text weighs at least what encoding/json makes of it.
func TestWeight(t *testing.T) {
	t.Parallel()
	type inner struct{ A, B int64 }
	type embedded struct {
		Name string `json:"name"`
	}
	type outer struct {
		embedded

		List   []inner          `json:"list"`
		Map    map[string]inner `json:"map"`
		Far    *inner           `json:"far"`
		Pairs  Pairs            `json:"pairs"`
		hidden []inner
	}
	for text, want := range map[string]int{
		`{}`: 0,
		`{"hidden":[1,2,3],"other":[{"list":[{}]}]}`: 0,
		`{"list":[{},{}]}`:                           32,
		`{"map":{"a":{}}}`:                           1 + 16 + 16,
		`{"far":{}}`:                                 16,
		`{"name":"four"}`:                            4,
		`{"pairs":{"a":"b"}}`:                        1 + 16 + 32,
	} {
		got, end, err := weigh([]byte(text+" x"), reflect.TypeFor[outer](), 1<<20)
		if err != nil || got < want || got > want+16 || end != int64(len(text)) {
			t.Errorf("%s weighs %d, want %d; ends at %d, %v", text, got, want, end, err)
		}
	}
	_ = outer{}.hidden
}

// FuzzWeigh: what encoding/json takes is weighed without an error, to its end.
func FuzzWeigh(f *testing.F) {
	f.Add([]byte(`{"format":1,"servers":[{"name":"a","mntr":{"value":{"keys":{"a":"b"}}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if json.Unmarshal(text, new(Snapshot)) != nil || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > maxNesting {
			return
		}
		if _, end, err := weigh(text, reflect.TypeFor[Snapshot](), 1<<30); err != nil || len(bytes.TrimSpace(text[end:])) > 0 {
			t.Errorf("%q: ends at %d, %v", text, end, err)
		}
	})
}
