package zoocfg

import (
	"os"
	"strings"
	"testing"
)

// config.golden holds files of zoo.cfg, and after each what the real
// QuorumPeerConfig of four versions made of it: "ok" or the text of the
// innermost exception. To ask another version, put its jars on the class path:
//
//	mkdir -p /var/tmp/zoocfg && echo 1 >/var/tmp/zoocfg/myid
//	java -Dzookeeper.multiAddress.enabled=true -cp 'jars/*' testdata/ConfigGolden.java 3.9.3 testdata/config.golden
func TestProblemsAreThoseOfZooKeeper(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/config.golden")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(data), "\n=\n") {
		config, verdicts, _ := strings.Cut(block, "\n= ")
		c := Parse("zoo.cfg", []byte(config))
		for verdict := range strings.SplitSeq(verdicts, "\n= ") {
			version, want, found := strings.Cut(verdict, " ")
			if !found {
				continue
			}
			texts := textsFor(c, version)
			if (want == "ok") != (len(texts) == 0) || (want != "ok" && !texts[golden(want)]) {
				t.Errorf("%s: %s\nhere: %v\n%s", version, want, texts, config)
			}
		}
	}
}

// textsFor are the texts of the problems that concern a version.
func textsFor(c *Config, version string) map[string]bool {
	texts := map[string]bool{}
	for _, p := range c.Problems {
		if Concerns(p.Versions, version) {
			texts[golden(p.Text)] = true
		}
	}
	return texts
}

// golden levels what differs between versions only in its words.
func golden(text string) string {
	text, _, _ = strings.Cut(text, " where server_config is")
	return strings.Replace(text, "unresolved: null:", "unresolved: 0.0.0.0:", 1)
}
