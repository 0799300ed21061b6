package zktest

import (
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJarsWithoutMaven(t *testing.T) {
	t.Setenv("ZKDOCTOR_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	if _, err := Jars(t.Context(), Oldest); !errors.Is(err, ErrNoMaven) {
		t.Errorf("error = %v, want ErrNoMaven", err)
	}
	if _, err := Jars(t.Context(), "3.3.3"); err == nil || !strings.Contains(err.Error(), "knows only 3.4.10, ") {
		t.Errorf("unknown version: %v", err)
	}
}

func TestBrokenDownloadNeverCounts(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("ZKDOCTOR_CACHE", cache)
	fake := filepath.Join(t.TempDir(), "mvn")
	t.Setenv("PATH", filepath.Dir(fake)+":"+os.Getenv("PATH"))
	for what, script := range map[string]string{
		"fails half way": "mkdir jars; touch jars/slf4j.jar; echo no route; exit 1",
		"forgets a jar":  "mkdir jars; touch jars/slf4j.jar",
	} {
		WriteProgram(t, fake, "#!/bin/sh\n"+script+"\n")
		if jars, err := Jars(t.Context(), Oldest); err == nil {
			t.Errorf("mvn %s: got %q", what, jars)
		}
		left, _ := filepath.Glob(filepath.Join(cache, "zookeeper", "*"))
		if len(left) != 1 || filepath.Base(left[0]) != "lock" {
			t.Errorf("mvn %s: left %q", what, left)
		}
	}
}

func TestPomFor(t *testing.T) {
	for _, version := range Versions() {
		text, err := xml.Marshal(pomFor(version))
		if err != nil {
			t.Fatal(err)
		}
		for want, wanted := range map[string]bool{
			"<artifactId>zookeeper</artifactId><version>" + version + "</version>": true,
			"<artifactId>slf4j-log4j12</artifactId>":                               version == Oldest,
			"<artifactId>jetty-servlet</artifactId>":                               version != Oldest,
			"<artifactId>logback-classic</artifactId>":                             version >= "3.8",
			"zookeeper-prometheus-metrics":                                         version >= "3.6",
		} {
			if got := strings.Contains(string(text), want); got != wanted {
				t.Errorf("%s: pom has %s: %t, want %t", version, want, got, wanted)
			}
		}
	}
}
