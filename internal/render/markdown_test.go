package render

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func markdownOf(t testing.TB, r *report.Report) string {
	t.Helper()
	var b strings.Builder
	if err := Markdown(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func changesMarkdown(t testing.TB, c *report.Changes) string {
	t.Helper()
	var b strings.Builder
	if err := ChangesMarkdown(&b, c, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for name, r := range screens() {
		got := markdownOf(t, r)
		contained(t, got)
		if slices.Contains([]string{"healthy", "guide", "no-quorum", "unexplained", "hostile", "many"}, name) {
			golden(t, name+"-markdown", got)
		}
	}
	for name, c := range map[string]*report.Changes{
		"changed": restarted(), "unchanged": unchanged(), "hostile": hostileChanges(hostileText),
	} {
		got := changesMarkdown(t, c)
		contained(t, got)
		golden(t, "changes-"+name+"-markdown", got)
	}
	many := restarted()
	many.Changes = slices.Concat(many.Changes, many.Changes)
	if got := changesMarkdown(t, many); !strings.Contains(got, "<details><summary>18 more changes</summary>") {
		t.Error("what is beyond a message's length is not collapsed")
	}
}

// fill puts a text into every string of a value, and makes lists that are empty one long.
func fill(v reflect.Value, text string) {
	switch v.Kind() { //nolint:exhaustive // what holds strings
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() && v.Type().PkgPath() != "time" {
				fill(field, text)
			}
		}
	}
}

// FuzzMarkdown: whatever servers and files say, it stays where it is put.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		hostileText, "", "`", "``", "```\n", "~~~", "a`b``c", "` `", "\\`", "<!--", "|", "1. x\n- y", "x  \ny", "\\", "&lt;",
		"http://b.example/?q=[x](y)", "www.b.example", "a@b.example", ":bomb: <@U1> <!here>", "$x$", "zk1.b.example:2181",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := guide()
		for i := range r.Findings {
			root := r.Findings[i].Root
			fill(reflect.ValueOf(&r.Findings[i]).Elem(), text)
			r.Findings[i].Root, r.Findings[i].Severity = root, report.Critical
		}
		r.Unexplained = nil
		fill(reflect.ValueOf(r).Elem().FieldByName("Servers"), text)
		fill(reflect.ValueOf(&r.Verdict).Elem(), text)
		fill(reflect.ValueOf(&r.Vantage).Elem(), text)
		fill(reflect.ValueOf(&r.Tool).Elem(), text)
		fill(reflect.ValueOf(r).Elem().FieldByName("Unexplained"), text)
		fill(reflect.ValueOf(r).Elem().FieldByName("Folded"), text)
		r.Incomplete = text
		contained(t, markdownOf(t, r))
		contained(t, changesMarkdown(t, hostileChanges(text)))
	})
}

// own is what of Markdown stands outside code: bold heads and collapsed parts, at the begin of a line.
var own = regexp.MustCompile(`^(\*\*[A-Za-z0-9 ]+\*\*:|<details><summary>[A-Za-z0-9, ]+</summary>$|</details>$)`)

// linkLike is what chats and sites make a link of without being asked.
var linkLike = regexp.MustCompile(`://|www\.\w|\w\.[a-zA-Z]`)

// contained holds a message against what it may be: outside code there is no character that means
// anything in Markdown, HTML or a chat, no line of a block but a command is wider than 80, and
// what is opened is closed.
func contained(t testing.TB, text string) {
	t.Helper()
	fence, command, open := "", false, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if !plain(line) {
			t.Fatalf("not printable ASCII: %q", line)
		}
		switch run := len(line) - len(strings.TrimLeft(line, "`")); {
		case fence != "" && line == fence:
			fence = ""
			continue
		case fence != "":
			if trimmed := strings.TrimSpace(line); len(trimmed) >= len(fence) && strings.Trim(trimmed, "`") == "" {
				t.Fatalf("a fence of %d is closed by %q", len(fence), line)
			}
			if len(line) > 80 && (!command || len(shellWords(strings.TrimSpace(line))) > 2 && !strings.Contains(line, " #")) {
				t.Fatalf("%d columns: %q", len(line), line)
			}
			continue
		case run >= 3 && (line[run:] == "text" || line[run:] == "sh"):
			fence, command = line[:run], line[run:] == "sh"
			continue
		}
		head := own.FindString(line)
		open += strings.Count(head, "<details>") - strings.Count(head, "</details>")
		rest := outsideCode(strings.TrimPrefix(line, head))
		if i := strings.IndexAny(rest, "`*_[]<>|~#&@$\\{}"); i >= 0 || linkLike.MatchString(rest) {
			t.Fatalf("%q is outside code in %q", rest, line)
		}
	}
	if fence != "" || open != 0 {
		t.Fatalf("not closed: fence %q, details %d", fence, open)
	}
}

// outsideCode is a line without what CommonMark takes for code in it.
func outsideCode(line string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(line, '`')
		if at < 0 {
			return out.String() + line
		}
		out.WriteString(line[:at])
		line = line[at:]
		run := len(line) - len(strings.TrimLeft(line, "`"))
		end := -1
		for i := run; i < len(line); {
			if line[i] != '`' {
				i++
				continue
			}
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			if n == run {
				end = i + n
				break
			}
			i += n
		}
		if end < 0 {
			return out.String() + line // no code: the backquotes stand for themselves
		}
		line = line[end:]
	}
}

func TestFoldedCommand(t *testing.T) {
	t.Parallel()
	long := "install -d -o zookeeper -g zookeeper '/var/lib/zoo keeper/version-2' && cp -a /backup/\\ x/version-2/. \"/var/lib/zoo keeper/version-2/\" && echo done"
	want := []string{
		`install -d -o zookeeper -g zookeeper '/var/lib/zoo keeper/version-2' && cp -a \`,
		`  /backup/\ x/version-2/. "/var/lib/zoo keeper/version-2/" && echo done`,
	}
	if d := cmp.Diff(want, foldedCommand(long, 80)); d != "" {
		t.Error(d)
	}
	for _, whole := range []string{"echo 1", strings.Repeat("x", 100), strings.Repeat("x ", 50) + "# why"} {
		if got := foldedCommand(whole, 80); len(got) != 1 || got[0] != whole {
			t.Errorf("%q became %q", whole, got)
		}
	}
}
