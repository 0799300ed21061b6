package zktest

import (
	"hash/crc32"
	"os"
	"strconv"
	"strings"
)

// Oldest and Newest are the ends of the range of releases under test.
const (
	// Oldest is the release the install guide describes.
	Oldest = "3.4.10"
	// Newest is the newest patch of the newest release line that Maven
	// delivers in full.
	Newest = "3.9.5"
)

// Debian stands for the version of Debian's package zookeeper, where that is
// installed. It is no part of Versions: a last resort without Maven.
const Debian = "debian"

// Versions returns the releases under test, oldest first: the last patch of
// each release line, but 3.4.10 of 3.4.
func Versions() []string {
	return []string{Oldest, "3.5.10", "3.6.4", "3.7.2", "3.8.6", Newest}
}

// Patches are other releases of the last two lines that Maven delivers. They are no part of
// Versions: what is asked of them is what differs from patch to patch.
func Patches() []string {
	return []string{
		"3.8.3", "3.8.4", "3.8.5", "3.8.7",
		"3.9.0", "3.9.1", "3.9.2", "3.9.3", "3.9.4", "3.9.6",
	}
}

// StuckWrites is a release whose writes hang after members were added by a rolling restart
// (ZOOKEEPER-3829). It is no part of Versions: only what shows that fault needs it.
const StuckWrites = "3.6.0"

// UnderTest returns the releases that the test of this name is to run on: the oldest and the
// newest, or those that are asked for.
func UnderTest(test string) []string {
	if os.Getenv("ZKTEST_VERSIONS") == "" {
		return Either(test, Oldest, Newest)
	}
	return Asked()
}

// Either returns two releases or, with ZKTEST_RELEASES=1, the one of them that the name of the case
// chooses, so that a new case moves no other.
func Either(name, one, other string) []string {
	if os.Getenv("ZKTEST_RELEASES") != "1" {
		return []string{one, other}
	}
	if crc32.ChecksumIEEE([]byte(name))>>31 == 0 {
		return []string{one}
	}
	return []string{other}
}

// Asked returns the releases that ZKTEST_VERSIONS names: a list with commas, or "all", which
// is meant where it is not set too.
func Asked() []string {
	switch want := os.Getenv("ZKTEST_VERSIONS"); want {
	case "", "all":
		return Versions()
	default:
		return strings.Split(want, ",")
	}
}

// before reports whether the version is older than major.minor. Debian's is 3.8.
func before(version string, major, minor int) bool {
	if version == Debian {
		version = "3.8"
	}
	var got [2]int
	for i, field := range strings.SplitN(version, ".", 3)[:2] {
		got[i], _ = strconv.Atoi(field) // Versions are well formed
	}
	return got[0] < major || got[0] == major && got[1] < minor
}
