package render

import (
	"strings"
)

// mdProse makes a sentence Markdown that shows as the sentence. What may mean something to any
// reader of Markdown, or to a chat, stands as code, word by word: names with dots, which become
// links, paths, @all, HTML.
func mdProse(s string) string {
	all := words(s, maxProse)
	for i := range all {
		all[i] = mdWord(all[i])
	}
	return strings.Join(all, " ")
}

// mdWord is one word, or what stands between backquotes.
func mdWord(w string) string {
	core := strings.TrimLeft(w, "(")
	lead := w[:len(w)-len(core)]
	core = strings.TrimRight(core, ".,:;)?!")
	tail := w[len(lead)+len(core):]
	if core == "" || plainWord(core) {
		return w
	}
	in := strings.Trim(core, "`")
	if in != "" && core == "`"+in+"`" && !strings.Contains(in, "`") && strings.TrimSpace(in) == in {
		return w // it is code already
	}
	return lead + mdCode(core) + tail
}

// plainWord reports whether a word means nothing but itself, anywhere in a line.
func plainWord(w string) bool {
	link := strings.Contains(w, "://") || strings.HasPrefix(strings.ToLower(w), "www.")
	if link || strings.Count(w, ":") > 1 || w[0] == ':' {
		return false
	}
	for i := range len(w) {
		c := w[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case letter && i > 0 && w[i-1] == '.': // a domain
			return false
		case letter, c >= '0' && c <= '9', strings.IndexByte(".,:;()'\"/%?!+=-", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// mdCode is text as code within a line, whatever it holds.
func mdCode(s string) string {
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if s[0] == '`' || s[len(s)-1] == '`' {
		s = " " + s + " "
	}
	return fence + s + fence
}

// longestRun is the length of the longest run of backquotes.
func longestRun(s string) int {
	most, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}

// foldedCommand breaks a command into lines of at most width characters, as a shell joins them
// again. One that has a comment, and a word that is longer, stay whole.
func foldedCommand(c string, width int) []string {
	if len(c) <= width || strings.Contains(c, " #") {
		return []string{c}
	}
	var lines []string
	line := ""
	for _, w := range shellWords(c) {
		if line != "" && len(line)+1+len(w)+2 > width {
			lines = append(lines, line+` \`)
			line = "  " + w
			continue
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}

// shellWords splits a command at the single blanks that no quotation mark or backslash keeps.
func shellWords(c string) []string {
	var out []string
	var quote byte
	from := 0
	for i := 0; i < len(c); i++ {
		switch {
		case c[i] == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c[i] == quote {
				quote = 0
			}
		case c[i] == '\'' || c[i] == '"':
			quote = c[i]
		case c[i] == ' ':
			out, from = append(out, c[from:i]), i+1
		}
	}
	return append(out, c[from:])
}
