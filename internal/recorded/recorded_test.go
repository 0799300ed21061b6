package recorded

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestArchives: an archive has nothing that no test reads, is where it is found, and is
// what it would be written as.
func TestArchives(t *testing.T) {
	servers, err := Servers()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Server{}
	for _, s := range servers {
		want["replies/"+s.Version+"/"+s.State+".txtar"] = s
	}
	err = fs.WalkDir(replies, "replies", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		s, ok := want[file]
		if !ok {
			t.Errorf("%s: no archive of a version and a state", file)
			return nil
		}
		delete(want, file)
		got, err := replies.ReadFile(file)
		if err != nil {
			return err
		}
		written, err := s.Archive()
		if err != nil {
			return err
		}
		if len(s.said) == 0 || !bytes.Equal(got, written) {
			t.Errorf("%s: not as it is written", file)
		}
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Error(err, len(want), "archives not found")
	}
}

// TestWhatIsAsked: what is kept is what zkdoctor asks for.
func TestWhatIsAsked(t *testing.T) {
	var words []string
	for w := snapshot.WordSrvr; w.String() != ""; w++ {
		words = append(words, w.String())
	}
	if !slices.Equal(Words(), words) {
		t.Errorf("words: %q, zkdoctor sends %q", Words(), words)
	}
	commands := []string{
		snapshot.AdminConf, snapshot.AdminStats, snapshot.AdminVoterView, snapshot.AdminWho, snapshot.AdminMetrics, snapshot.AdminConnections,
	}
	if !slices.Equal(Commands(), commands) {
		t.Errorf("commands: %q, zkdoctor asks %q", Commands(), commands)
	}
}

// TestBytes: whatever the bytes of a reply, an archive gives them back or is not written.
func TestBytes(t *testing.T) {
	for name, c := range map[string]struct {
		reply string
		kept  bool
	}{
		"text":                      {"Mode: leader\nNode count: 5\n", true},
		"empty":                     {"", true},
		"a newline":                 {"\n", true},
		"newlines":                  {"imok\n\n\n", true},
		"no last newline":           {"imok", true},
		"lines, no last newline":    {"{\n  \"error\" : null\n}", true},
		"carriage returns":          {"a\r\nb\r", true},
		"no text":                   {"\x00\xff\x1b[2J\n\xfe", true},
		"dashes":                    {"-- srvr\n--\n", true},
		"the mark without a line":   {"\\ No newline at end of file\n", true},
		"the mark in the middle":    {"imok\n\\ No newline at end of file\nimok\n", true},
		"the mark, no last newline": {"imok\n\\ No newline at end of file", true},
		"the mark":                  {"imok\n\\ No newline at end of file\n", false},
		"a file":                    {"imok\n-- mntr.txt --\n", false},
		"an unknown file":           {"-- stat.txt --", false},
	} {
		t.Run(name, func(t *testing.T) {
			archive, err := said(t, "conf", c.reply).Archive()
			if (err == nil) != c.kept {
				t.Fatal(err)
			}
			if !c.kept {
				return
			}
			s, err := Parse("3.9.5", "leader", archive)
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range []func() ([]byte, bool){
				func() ([]byte, bool) { return s.Reply("conf") },
				func() ([]byte, bool) { return s.Page("monitor") },
			} {
				if got, ok := got(); !ok || string(got) != c.reply {
					t.Errorf("%q, want %q", got, c.reply)
				}
			}
			if _, ok := s.Reply("srvr"); ok {
				t.Error("a reply that nobody gave")
			}
		})
	}
}

// said is a server that says the same to a word and to the AdminServer's monitor.
func said(t *testing.T, word, text string) Server {
	t.Helper()
	s, err := Parse("3.9.5", "leader", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SetReply(word, text), s.SetPage("monitor", text)); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRefused: what zkdoctor does not ask for is neither read nor written.
func TestRefused(t *testing.T) {
	for _, archive := range []string{"-- stat.txt --\n", "-- admin/zabstate.json --\n{}\n", "-- srvr --\n", "-- ruok.txt --\nimok\n-- ruok.txt --\nimok\n"} {
		if _, err := Parse("3.9.5", "leader", []byte(archive)); err == nil || !strings.HasPrefix(err.Error(), "3.9.5 leader: ") {
			t.Errorf("%q: %v", archive, err)
		}
	}
	s := said(t, "ruok", "imok")
	before := s
	if s.SetReply("stat", "") == nil || s.SetPage("zabstate", "") == nil {
		t.Error("written")
	}
	if err := s.SetReply("ruok", "again"); err != nil {
		t.Error(err)
	}
	if reply, _ := before.Reply("ruok"); string(reply) != "imok" {
		t.Errorf("a copy says %q", reply)
	}
	if _, err := Find("3.9.5", "no such state"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
