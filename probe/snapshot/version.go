package snapshot

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Version is a ZooKeeper release, e.g. 3.8.4 or 3.6.0-alpha.
type Version struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
	Patch int `json:"patch"`
	// Pre is "alpha", "beta", "rc0", ..., or "" for a release.
	Pre string `json:"pre,omitempty"`
	// Full is what the server said, with revision and build date, made
	// printable and cut at 160 bytes.
	Full string `json:"full,omitempty"`
}

// maxVersionText holds the longest version seen (83 bytes: release, 40-digit
// revision, build date) twice over.
const maxVersionText = 160

// ParseVersion reads a version as org.apache.zookeeper.Version prints it:
// "<release>-<revision>, built on <date>". Only the release is trusted: Debian
// ships the literal "3.8.0-${mvngit.commit.id}, built on ...".
func ParseVersion(text string) (Version, error) {
	text = strings.TrimSpace(text)
	v := Version{Full: Printable(text, maxVersionText)}
	rest := text
	for i, part := range []*int{&v.Major, &v.Minor, &v.Patch} {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return Version{}, fmt.Errorf("version %s: not of the form 3.4.10", Quoted(text))
		}
		*part, rest = n, rest[digits:]
		if i == 2 {
			break
		}
		if !strings.HasPrefix(rest, ".") {
			return Version{}, fmt.Errorf("version %s: not of the form 3.4.10", Quoted(text))
		}
		rest = rest[1:]
	}
	v.Pre = preRelease(rest)
	return v, nil
}

// preRelease reads the "-alpha", "-beta" or "-rcN" that may follow the numbers;
// anything else after them is the revision.
func preRelease(rest string) string {
	rest, dashed := strings.CutPrefix(rest, "-")
	if !dashed {
		return ""
	}
	end := strings.IndexAny(rest, "-, ")
	if end < 0 {
		end = len(rest)
	}
	word := rest[:end]
	number, isCandidate := strings.CutPrefix(word, "rc")
	switch {
	case word == "alpha", word == "beta":
		return word
	case isCandidate && number != "" && strings.Trim(number, "0123456789") == "":
		return word
	}
	return ""
}

// asReleased is a version as the releases of the project say it: with the revision of git or
// Subversion, or none. 3.6 writes two hyphens before it.
var asReleased = regexp.MustCompile(`^\d+\.\d+\.\d+(-alpha|-beta|-rc\d+)?(--?([0-9a-f]{40}|\d{6,8}))?(, built on .*)?$`)

// Vendor reports whether it is the build of somebody else, by what follows the numbers, as in
// 3.4.5-cdh5.16.2, or by another commit than the release's: it may have fixes of later releases.
func (v Version) Vendor() bool {
	if v.Full == "" {
		return false
	}
	parts := asReleased.FindStringSubmatch(v.Full)
	return parts == nil || otherCommit(v.String(), parts[commitPart])
}

// commitPart is where asReleased has the revision.
const commitPart = 3

// AtLeast reports whether v is this release or a later one. A pre-release is
// counted as its release, for what it can do and how it prints.
func (v Version) AtLeast(major, minor, patch int) bool {
	return cmp.Or(
		cmp.Compare(v.Major, major),
		cmp.Compare(v.Minor, minor),
		cmp.Compare(v.Patch, patch),
	) >= 0
}

// String is the short form, e.g. "3.8.4" or "3.5.3-beta".
func (v Version) String() string {
	short := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Pre != "" {
		short += "-" + v.Pre
	}
	return short
}
