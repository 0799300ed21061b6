package snapshot

import "regexp"

// withheld stands for a value that is not passed on.
const withheld = "(not kept)"

// secret is a form in which a line of a log may show what is nobody else's, and what is
// shown in its place.
type secret struct {
	form  *regexp.Regexp
	shown string
}

// behind hides what stands behind the first group of a form, which tells what it was.
func behind(form string) secret { return secret{regexp.MustCompile(form), "${1}" + withheld} }

var secrets = []secret{
	// https://user:password@host
	{regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*://)[^\s/@]*:[^\s@]*@`), "${1}" + withheld + "@"},
	// Authorization: Basic dXNlcjpwYXNz
	behind(`(?i)(\bauthorization["']?\s*[:=]\s*["']?)(?:[a-z]+\s+)?[^\s"',;]+`),
	behind(`(?i)(\bbearer\s+)[a-z0-9+/=._~-]{8,}`),
	// -Dzookeeper.ssl.keyStore.password=x, "password": "x", JAAS's password="x";
	// zookeeper.DigestAuthenticationProvider.superDigest=super:x
	behind(`(?i)((?:passw(?:or)?d|passphrase|\bpwd|secret|token|credentials?|api[_-]?key|access[_-]?key|superdigest)` +
		`[\w.-]*["']?\s*[:=]\s*)` + value),
	// JAAS's user_super="x" (DigestLoginModule)
	behind(`(?i)(\buser_[\w.@/-]+\s*=\s*)` + value),
	// digest:user:hash, and 'digest,'user:hash of an ACL (Id.toString)
	behind(`(?i)(\bdigest["']?[:,]\s*["']?)[^\s:"',]+:[^\s"',)}\]]+`),
	// a JSON web token, and the id of an AWS key
	behind(`()\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`),
	behind(`()\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`),
}

// value is one that may stand in quotation marks, which may be escaped in it.
const value = `(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&)}\]]+)`

// redacted is a line of a log without passwords, digests, tokens and keys. Whoever gets a
// snapshot gets the line.
func redacted(line string) string {
	for _, s := range secrets {
		line = s.form.ReplaceAllString(line, s.shown)
	}
	return line
}
