package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestHook: what pre-commit reads calls a command that there is, on the files that it is for.
func TestHook(t *testing.T) {
	t.Parallel()
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, "../../.pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 || hooks[0].Entry != "zkdoctor lint" || hooks[0].Language != "golang" {
		t.Fatalf("%+v", hooks)
	}
	files := regexp.MustCompile(hooks[0].Files)
	for path, want := range map[string]bool{
		"zoo.cfg": true, "conf/zoo.cfg": true, "zoo1.cfg": true, "zk/zoo_sample.cfg": true, "setup.cfg": false, "zoo.cfg.j2": false, "kazoo.cfg": false,
	} {
		if files.MatchString(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}

// TestAction runs what the GitHub Action runs, but for building the program.
func TestAction(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Runs struct {
			Steps []struct{ Name, Run string }
		}
	}
	readYAML(t, "../../action.yml", &action)
	steps := action.Runs.Steps
	if len(steps) != 3 {
		t.Fatalf("%+v", steps)
	}
	dir := t.TempDir()
	if err := os.Symlink(program, filepath.Join(dir, "zkdoctor")); err != nil {
		t.Fatal(err)
	}
	const bad = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\nclientPort=2181 # clients\n"
	for name, config := range map[string]string{"good.cfg": strings.ReplaceAll(bad, " # clients", ""), "bad.cfg": bad} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for files, want := range map[string]int{"good.cfg": 0, "good.cfg bad.cfg": 2, "absent.cfg": 3} {
		if err := os.RemoveAll(filepath.Join(dir, "out.sarif")); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), "bash", "-e", "-c", steps[2].Run)
		command.Dir = dir
		command.Env = append(os.Environ(), "RUNNER_TEMP="+dir, "FILES="+files, "SARIF=out.sarif", "ZKDOCTOR_ZOOKEEPER=3.9")
		out, err := command.CombinedOutput()
		if code := command.ProcessState.ExitCode(); code != want {
			t.Errorf("%s: exit %d, want %d: %v %s", files, code, want, err, out)
		}
		sarif, err := os.ReadFile(filepath.Join(dir, "out.sarif"))
		if (want == 3) != os.IsNotExist(err) || want < 3 && !strings.Contains(string(sarif), `"version": "2.1.0"`) {
			t.Errorf("%s: %v %s", files, err, sarif)
		}
	}
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
