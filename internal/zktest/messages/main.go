// Command messages lists what ZooKeeper's own code writes into its log at WARN and above, from
// a git directory of its sources:
//
//	go run ./internal/zktest/messages GITDIR release-3.4.10 release-3.9.5 > docs/findings/testdata/messages.tsv
//
// A line has the level, the class, the text with {} where it differs, and the first and last
// of the named tags that have it.
package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// folders are the packages of the server; of those of clients only what servers share.
var folders = []string{"zookeeper/server/", "zookeeper/common/", "zookeeper/metrics/", "zookeeper/jmx/"}

// message is one text that a class writes.
type message struct{ level, class, text string }

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: messages GITDIR TAG...")
		os.Exit(2)
	}
	if err := run(os.Stdout, os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "messages:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, gitDir string, tags []string) error {
	seen := map[message][]string{}
	for _, tag := range tags {
		files, err := git(gitDir, "ls-tree", "-r", "--name-only", tag)
		if err != nil {
			return err
		}
		for file := range strings.Lines(files) {
			file = strings.TrimSpace(file)
			if !ofServer(file) {
				continue
			}
			source, err := git(gitDir, "show", tag+":"+file)
			if err != nil {
				return err
			}
			for _, m := range messagesOf(source) {
				m.class = strings.TrimSuffix(path.Base(file), ".java")
				if tagsOf := seen[m]; !slices.Contains(tagsOf, tag) {
					seen[m] = append(tagsOf, tag)
				}
			}
		}
	}
	var all []message
	for m := range seen {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b message) int {
		return cmp.Or(strings.Compare(a.class, b.class), strings.Compare(a.text, b.text), strings.Compare(a.level, b.level))
	})
	for _, m := range all {
		first, last := seen[m][0], seen[m][len(seen[m])-1]
		if _, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", m.level, m.class, m.text,
			strings.TrimPrefix(first, "release-"), strings.TrimPrefix(last, "release-")); err != nil {
			return err
		}
	}
	return nil
}

func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"--git-dir", dir}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// ofServer reports whether a file is source of the server, tests and contributions apart.
func ofServer(file string) bool {
	if !strings.HasSuffix(file, ".java") || strings.Contains(file, "/test/") || strings.Contains(file, "contrib/") ||
		strings.Contains(file, "recipes/") {
		return false
	}
	return slices.ContainsFunc(folders, func(folder string) bool { return strings.Contains(file, folder) })
}

// messagesOf are the messages of one source file.
func messagesOf(source string) []message {
	var all []message
	for _, level := range []string{"warn", "error", "fatal"} {
		for rest := source; ; {
			_, after, found := strings.Cut(rest, "LOG."+level+"(")
			if !found {
				break
			}
			rest = after
			if text := textOf(after); strings.Trim(text, "{} .,:") != "" {
				all = append(all, message{level: strings.ToUpper(level), text: text})
			}
		}
	}
	return all
}

// textOf is the first argument of a call, that begins here: its string literals joined, with
// {} for what stands between them.
func textOf(source string) string {
	var b strings.Builder
	gap := func() {
		if !strings.HasSuffix(b.String(), "{}") {
			b.WriteString("{}")
		}
	}
	depth := 0
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '"':
			literal, length := literalAt(source[i+1:])
			b.WriteString(literal)
			i += length
		case depth == 0 && (c == ',' || c == ')'):
			return strings.Join(strings.Fields(b.String()), " ")
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '+' || c == ' ' || c == '\n' || c == '\t' || c == '\r':
		case strings.HasPrefix(source[i:], "String.format("):
			depth++
			i += len("String.format(") - 1
		default:
			gap()
		}
	}
	return ""
}

// literalAt reads a string literal behind its opening quote, and its length with the closing one.
func literalAt(source string) (text string, length int) {
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '"':
			return b.String(), i + 1
		case '\\':
			i++
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), len(source)
}
