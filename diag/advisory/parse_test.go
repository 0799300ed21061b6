package advisory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const row = `id: ACME-1
effect: data
releases: 3.9.0-3.9.3, 3.8.4
exposed: always
when: Some
  time.
what: Data is lost.
fixed: 3.9.4, 3.8.5
source: https://example.org/1 https://example.org/2
`

func TestParse(t *testing.T) {
	t.Parallel()
	table, err := Parse("new", []byte("# newer\n\n"+row+"# a comment\n\n"+strings.Replace(row, "ACME-1", "ACME-2\nalso: ACME-3 ACME-4", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if ids := table.IDs(); !slices.Equal(ids, []string{"ACME-1", "ACME-2"}) {
		t.Fatalf("ids %q", ids)
	}
	a, ok := table.Find("acme-4")
	if !ok || a.ID != "ACME-2" || a.Releases != "3.9.0-3.9.3,3.8.4" || a.When != "Some time." ||
		!slices.Equal(a.Fixed, []string{"3.9.4", "3.8.5"}) || len(a.Sources) != 2 {
		t.Errorf("got %+v", a)
	}
	for version, want := range map[string]bool{"3.9.0": true, "3.9.3": true, "3.9.4": false, "3.8.4": true, "3.8.3": false, "3.9": true, "3.7": false, "x": false} {
		if got := a.Concerns(version); got != want {
			t.Errorf("concerns %s: %t", version, got)
		}
	}
	if empty, err := Parse("new", nil); err != nil || len(empty) != 0 {
		t.Errorf("an empty file: %v, %v", empty, err)
	}
}

// TestParseErrors: each names the line, and what would be right.
func TestParseErrors(t *testing.T) {
	t.Parallel()
	with := func(old, text string) string { return strings.Replace(row, old, text, 1) }
	for want, text := range map[string]string{
		"new:1: \"hello\": a line is a field":         "hello\n",
		"new:1: effect before id":                     "effect: data\n",
		"new:1: a line that begins with a blank":      "  more\n",
		"new:2: effect: \"bad\" is none of data, ":    with("effect: data", "effect: bad"),
		"new:3: releases: \"3.9.3-3.9.0\" ends be":    with("3.9.0-3.9.3", "3.9.3-3.9.0"),
		"new:3: releases: \"3.8.0-3.9.3\" goes over":  with("3.9.0-3.9.3", "3.8.0-3.9.3"),
		"new:3: releases: \"3.9.x\" is no range":      with("3.9.0-3.9.3", "3.9.x"),
		"new:3: releases: \"3.9+\" is no range":       with("3.9.0-3.9.3", "3.9+"),
		"new:3: releases: \"\" is no range":           with("3.8.4", ""),
		"new:4: exposed: \"often\" is none of always": with("always", "often"),
		"new:8: fixed: \"soon\" is no release":        with("3.9.4, 3.8.5", "soon"),
		"new:9: source: \"http://x\" is no address":   with("https://example.org/1", "http://x"),
		"new:1: id: \"acme\" is no id":                with("ACME-1", "acme"),
		"new:1: ACME-1: 3.9.3 is fixed, and has":      with("fixed: 3.9.4", "fixed: 3.9.3"),
		"new:1: ACME-1: no what":                      with("what: Data is lost.\n", ""),
		"new:2: id: no value":                         "#\nid:\neffect: data\n",
		"new:2: id twice":                             with("effect", "id: ACME-2\neffect"),
		"new:11: ACME-1 is said twice":                row + "\n" + row,
		"new:6: byte 0x1b":                            with("time", "\x1b[2J"),
		"new:7: what: longer than 1000 characters":    with("Data is lost.", strings.Repeat("x", 1001)),
		"new: larger than 1024 KiB":                   strings.Repeat("#\n", MaxFile),
		"new:10001: more than 1000 rows":              manyRows(1001),
	} {
		table, err := Parse("new", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || table != nil {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestWithOtherIDs: a newer row replaces those with an id of its own, whether it is their first one or not.
func TestWithOtherIDs(t *testing.T) {
	t.Parallel()
	parse := func(text string) Table {
		table, err := Parse("new", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	old := parse(row + "\n" + strings.Replace(row, "ACME-1", "ACME-2\nalso: ACME-3", 1) + "\n" + strings.Replace(row, "ACME-1", "ACME-4", 1))
	for newer, want := range map[string]string{
		"ACME-2":               "ACME-1 ACME-4 ACME-2",
		"ACME-3":               "ACME-1 ACME-4 ACME-3",
		"ACME-5\nalso: ACME-4": "ACME-1 ACME-2 ACME-5",
		"ACME-9":               "ACME-1 ACME-2 ACME-4 ACME-9",
	} {
		if ids := strings.Join(old.With(parse(strings.Replace(row, "ACME-1", newer, 1))).IDs(), " "); ids != want {
			t.Errorf("with %s: %s, want %s", newer, ids, want)
		}
	}
}

// TestKnows: what a table names that is newer than the program is a release.
func TestKnows(t *testing.T) {
	t.Parallel()
	table, err := Parse("new", []byte(strings.NewReplacer("3.9.0-3.9.3", "3.9.96-3.9.98, 3.7", "3.9.4", "3.9.99").Replace(row)))
	if err != nil {
		t.Fatal(err)
	}
	for release, want := range map[string]bool{
		"3.9.97": true, "3.9.99": true, "3.9.95": false, "3.7.99": false, "3.9": false, "x": false,
	} {
		if table.Knows(release) != want {
			t.Errorf("knows %s: %t", release, !want)
		}
	}
}

func manyRows(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(row, "ACME-1", fmt.Sprintf("ACME-%d", i), 1) + "\n")
	}
	return b.String()
}

// TestBuiltin: the table can be read, is whole, and knows the releases that it names.
func TestBuiltin(t *testing.T) {
	t.Parallel()
	table := Builtin()
	if len(table) < 24 {
		t.Fatalf("%d rows", len(table))
	}
	for _, a := range table {
		for one := range strings.SplitSeq(a.Releases, ",") {
			for end := range strings.SplitSeq(one, "-") {
				if !zoocfg.Released(end) {
					t.Errorf("%s: %s was never released", a.ID, end)
				}
			}
		}
		if len(a.Fixed) == 0 || len(a.Sources) == 0 {
			t.Errorf("%s: no fix, or no source", a.ID)
		}
		for _, release := range a.Fixed {
			if !zoocfg.Released(release) || a.Concerns(release) {
				t.Errorf("%s: fixed in %s, and concerns %s", a.ID, release, a.Releases)
			}
		}
	}
}

// TestRows: what is well known of single releases.
func TestRows(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"3.8.4": "ZOOKEEPER-4785 ZOOKEEPER-4846 ZOOKEEPER-2332 ZOOKEEPER-4787 ZOOKEEPER-4886 ZOOKEEPER-4933 ZOOKEEPER-4736 CVE-2026-24281 CVE-2026-24308",
		"3.8.5": "ZOOKEEPER-2332 ZOOKEEPER-4736 CVE-2026-24281 CVE-2026-24308",
		"3.8.7": "ZOOKEEPER-2332 ZOOKEEPER-4736",
		"3.9.2": "ZOOKEEPER-4846 ZOOKEEPER-2332 ZOOKEEPER-4787 ZOOKEEPER-4886 ZOOKEEPER-4933 ZOOKEEPER-4736 CVE-2024-51504 CVE-2025-58457 CVE-2026-24281 CVE-2026-24308",
		"3.9.3": "ZOOKEEPER-4925 ZOOKEEPER-4846 ZOOKEEPER-4787 ZOOKEEPER-4886 ZOOKEEPER-4933 ZOOKEEPER-4736 CVE-2025-58457 CVE-2026-24281 CVE-2026-24308",
		"3.9.5": "", "3.9.6": "",
	} {
		if got := strings.Join(Builtin().Of(version).IDs(), " "); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", version, got, want)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	all := Builtin()
	for version, want := range map[string]string{
		"3.4.10": "3.8.5", "3.8.3": "3.8.5", "3.8.4": "3.8.5", "3.9.0": "3.9.4", "3.9.3": "3.9.4", "3.9.5": "",
		"3.8.3-acme1": "3.8.5",
	} {
		if got := all.Next(version, nil); got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
	if got := all.Next("3.8.4", all.Of("3.8.4")); got != "3.9.5" {
		t.Errorf("with all of 3.8.4: got %q", got)
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	newer, err := Parse("new", []byte(strings.Replace(row, "ACME-1", "EOL-3.4", 1)+"\n"+row))
	if err != nil {
		t.Fatal(err)
	}
	before := len(Builtin())
	table := Builtin().With(newer)
	if a, _ := table.Find("EOL-3.4"); len(table) != before+1 || a.Effect != Data || table[before].ID != "ACME-1" {
		t.Errorf("%d rows of %d, %+v", len(table), before, a)
	}
}

// FuzzParse: no file makes it fail otherwise than with an error that names the file, and what
// it takes says the same when it is written down again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(row))
	f.Add([]byte(text))
	f.Add([]byte("id: A-1\n  \n\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Parse("new", data)
		if err != nil {
			if table != nil || !strings.HasPrefix(err.Error(), "new:") {
				t.Fatalf("%v with %v", table, err)
			}
			return
		}
		for _, a := range table {
			if found, ok := table.Find(a.ID); !ok || found.ID != a.ID || a.What == "" || len(a.Sources) == 0 {
				t.Fatalf("%+v", a)
			}
			if a.Concerns("3.9.3") && len(table.Of("3.9.3")) == 0 {
				t.Fatalf("%+v", a)
			}
		}
		table.Next("3.8.3", table)
		_ = Builtin().With(table).Sentence()
	})
}
