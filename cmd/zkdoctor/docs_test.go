package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// documents are the pages that people read beside those of the findings.
func documents(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"../../*.md", "../../docs/*.md"} {
		found, err := filepath.Glob(pattern)
		must(t, err)
		paths = append(paths, found...)
	}
	if len(paths) < 10 {
		t.Fatalf("only %q", paths)
	}
	return paths
}

// screens are the blocks of a page that show a command and all that it prints.
var screens = regexp.MustCompile("(?ms)^```(?:text)?\n\\$ (zkdoctor [^\n]*)\n(.*?)^```$")

// TestDocumentScreens: what the pages show of the program is what it prints, on a terminal of 80
// columns, in a clone of the repository. With -update the pages are written anew.
func TestDocumentScreens(t *testing.T) {
	program, err := builtProgram()
	must(t, err)
	found := 0
	for _, path := range documents(t) {
		text, err := os.ReadFile(path)
		must(t, err)
		now := screens.ReplaceAllFunc(text, func(block []byte) []byte {
			found++
			m := screens.FindSubmatch(block)
			command, shown := string(m[1]), m[2]
			cmd := exec.Command("sh", "-c", command)
			cmd.Dir = "../.."
			cmd.Env = append(os.Environ(), "COLUMNS=80", "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			got, _ := cmd.Output() // the exit code is the answer's
			if stderr.Len() > 0 {
				t.Errorf("%s: %s: %s", path, command, &stderr)
			}
			if d := cmp.Diff(string(shown), string(got)); d != "" && !*update {
				t.Errorf("%s: %s (-page +program)\n%s", path, command, d)
			}
			before, _, _ := bytes.Cut(block, m[1])
			return slices.Concat(before, m[1], []byte("\n"), got, []byte("```"))
		})
		if *update && !bytes.Equal(text, now) {
			must(t, os.WriteFile(path, now, 0o644))
		}
	}
	if found < 4 {
		t.Errorf("only %d screens are found", found)
	}
}

// shellBlocks are the shell scripts of a page.
var shellBlocks = regexp.MustCompile("(?ms)^```(?:sh|bash)\n(.*?)^```$")

// TestDocumentCommands: each command of zkdoctor that a page says to type is one that the program
// takes.
func TestDocumentCommands(t *testing.T) {
	found := 0
	for _, path := range documents(t) {
		for _, line := range commands(t, path) {
			found++
			parser, err := newParser(new(cli), terminal{})
			must(t, err)
			if _, err := parser.Parse(typed(t, line)); err != nil {
				t.Errorf("%s: %s: %v", path, line, err)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d commands are found", found)
	}
}

// commands are those of zkdoctor that a page says to type, a line each. What has a variable of the
// shell in it is a script's, and is run with that.
func commands(t *testing.T, path string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	for _, block := range shellBlocks.FindAllSubmatch(text, -1) {
		for line := range strings.Lines(strings.ReplaceAll(string(block[1]), "\\\n", " ")) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "zkdoctor ") && !strings.Contains(line, "$") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// typed is what a shell takes a command line for: a program in the place of zkdoctor writes its
// arguments down, and nothing else is to be found.
func typed(t *testing.T, line string) []string {
	t.Helper()
	dir := t.TempDir()
	zktest.WriteProgram(t, filepath.Join(dir, "zkdoctor"), "#!/bin/sh\nprintf '%s\\0' \"$@\" >'"+dir+"/args'\n")
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir}
	_ = cmd.Run() // a program behind a pipe is not found
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	must(t, err)
	return strings.Split(strings.TrimSuffix(string(args), "\x00"), "\x00")
}

// links are those of a page without its code.
var (
	links = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code  = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")
)

// TestDocumentLinks: a link to another page of the repository leads to one.
func TestDocumentLinks(t *testing.T) {
	findings, err := filepath.Glob("../../docs/findings/*.md")
	must(t, err)
	for _, path := range append(documents(t), findings...) {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, m := range links.FindAllSubmatch(code.ReplaceAll(text, nil), -1) {
			target, anchor, _ := strings.Cut(string(m[1]), "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			there := path
			if target != "" {
				there = filepath.Join(filepath.Dir(path), target)
			}
			if _, err := os.Stat(there); err != nil {
				t.Errorf("%s: %s: %v", path, m[1], err)
			} else if anchor != "" && !hasHeading(t, there, anchor) {
				t.Errorf("%s: %s: there is no such heading", path, m[1])
			}
		}
	}
}

// hasHeading tells whether a page has a heading with an anchor as GitHub makes it.
func hasHeading(t *testing.T, path, anchor string) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	for line := range strings.Lines(string(text)) {
		title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		title = regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
		if strings.ReplaceAll(title, " ", "-") == anchor {
			return true
		}
	}
	return false
}

// TestTranslation: the README in Chinese has the commands, screens and links of the English one.
func TestTranslation(t *testing.T) {
	comments := regexp.MustCompile(`(?m)[ ]*# .*$`)
	read := func(path string) (blocks, linked []string) {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, block := range code.FindAll(text, -1) {
			blocks = append(blocks, comments.ReplaceAllString(string(block), ""))
		}
		for _, m := range links.FindAllSubmatch(code.ReplaceAll(text, nil), -1) {
			linked = append(linked, string(m[1]))
		}
		return blocks, linked[:len(linked)-2] // the last but one is the other language
	}
	blocks, linked := read("../../README.md")
	theirs, theirLinks := read("../../README.zh-CN.md")
	if d := cmp.Diff(blocks, theirs); d != "" {
		t.Errorf("code (-en +zh):\n%s", d)
	}
	if d := cmp.Diff(linked, theirLinks); d != "" {
		t.Errorf("links (-en +zh):\n%s", d)
	}
}
