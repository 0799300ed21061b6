//go:build linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parses fails the test where zkdoctor does not take a command line.
func parses(t *testing.T, args ...string) {
	t.Helper()
	parser, err := newParser(new(cli), terminal{})
	must(t, err)
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("zkdoctor %q: %v", args, err)
	}
}

// TestIcinga: what the example for Icinga runs are command lines of zkdoctor, by a path that packages have.
func TestIcinga(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/examples/icinga2.conf")
	must(t, err)
	if !strings.Contains(string(text), `command = [ "/usr/bin/zkdoctor", "check", "--output=nagios" ]`) {
		t.Error("it runs another command")
	}
	args := []string{"check", "--output=nagios"}
	flags := regexp.MustCompile(`(?m)^    "([^"]+)" = (.*)$`).FindAllStringSubmatch(string(text), -1)
	for _, flag := range flags {
		switch name, value := flag[1], flag[2]; {
		case name == "TARGET":
			if !strings.Contains(value, "skip_key = true") {
				t.Error("the servers have a flag")
			}
		case strings.Contains(value, "set_if"):
			args = append(args, name)
		case name == "--deadline":
			args = append(args, name, "10s")
		case name == "--fail-on":
			args = append(args, name, "critical")
		case name == "--ignore":
			args = append(args, name, "swap-in-use", name, "latency-high")
		default:
			args = append(args, name, "file")
		}
	}
	if len(flags) != 10 {
		t.Errorf("%d arguments", len(flags))
	}
	parses(t, append(args, "zk1:2181", "zk2:2181", "zk3:2181")...)
	// Each variable that an argument takes is set, or is documented by its name alone.
	for _, name := range regexp.MustCompile(`\$(\w+)\$`).FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(name[1], "zkdoctor_") {
			t.Errorf("the variable %s", name[1])
		}
	}
	if strings.Count(string(text), "{") != strings.Count(string(text), "}") {
		t.Error("a bracket is missing")
	}
}

// TestZabbix: the template runs a command line of zkdoctor, and takes out of the report what is there.
func TestZabbix(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	out, err := exec.CommandContext(t.Context(), program, "check", "--from", "../../docs/examples/no-quorum.json", "--output=json").Output()
	if err == nil {
		t.Fatal("no quorum, and exit code 0")
	}
	var report any
	must(t, json.Unmarshal(out, &report))
	type trigger struct{ UUID, Expression, Name, Priority string }
	type item struct {
		UUID, Name, Type, Key string
		Preprocessing         []struct {
			Type       string
			Parameters []string
		}
		MasterItem struct{ Key string } `yaml:"master_item"`
		Triggers   []trigger
	}
	var file struct {
		Export struct {
			Version        string
			TemplateGroups []struct{ UUID, Name string } `yaml:"template_groups"`
			Templates      []struct {
				UUID, Template string
				Groups         []struct{ Name string }
				Macros         []struct{ Macro, Value string }
				Items          []item
			}
		} `yaml:"zabbix_export"`
	}
	readYAML(t, "../../docs/examples/zabbix-template.yaml", &file)
	template := file.Export.Templates[0]
	uuids := []string{file.Export.TemplateGroups[0].UUID, template.UUID}
	master := template.Items[0].Key
	for _, i := range template.Items {
		uuids = append(uuids, i.UUID)
		for _, tr := range i.Triggers {
			uuids = append(uuids, tr.UUID)
			if !strings.Contains(tr.Expression, "(/"+template.Template+"/"+i.Key) {
				t.Errorf("%s: %s", tr.Name, tr.Expression)
			}
		}
		if i.Type == "EXTERNAL" {
			words := regexp.MustCompile(`^zkdoctor\[(.*)\]$`).FindStringSubmatch(i.Key)
			if words == nil || template.Macros[0].Macro != "{$ZKDOCTOR.SERVERS}" {
				t.Fatalf("%s, %v", i.Key, template.Macros)
			}
			args := strings.Split(strings.ReplaceAll(words[1], `"{$ZKDOCTOR.SERVERS}"`, "SERVERS"), ",")
			args[slices.Index(args, "SERVERS")] = template.Macros[0].Value
			parses(t, args...)
			continue
		}
		if i.Type != "DEPENDENT" || i.MasterItem.Key != master || i.Preprocessing[0].Type != "JSONPATH" {
			t.Errorf("%+v", i)
		}
		if value := byPath(report, i.Preprocessing[0].Parameters[0]); value == "" {
			t.Errorf("%s: the report has no %s", i.Name, i.Preprocessing[0].Parameters[0])
		}
	}
	slices.Sort(uuids)
	if len(slices.Compact(slices.Clone(uuids))) != len(uuids) || len(template.Items) < 9 {
		t.Errorf("%d items; %q", len(template.Items), uuids)
	}
	for _, u := range uuids {
		if !regexp.MustCompile(`^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$`).MatchString(u) {
			t.Errorf("%q is no UUID of version 4", u)
		}
	}
}

// byPath is the value at a path as the template has them: names, and the first of a list of which a field is true.
func byPath(doc any, path string) string {
	path = strings.TrimPrefix(path, "$.")
	if list, field, ok := strings.Cut(path, "[?(@.root == true)]."); ok {
		elements, _ := doc.(map[string]any)[list].([]any)
		for _, e := range elements {
			if e := e.(map[string]any); e["root"] == true {
				return jsonText(e[strings.TrimSuffix(field, ".first()")])
			}
		}
		return ""
	}
	value, ok := lookUp(doc, strings.Split(path, "."))
	if !ok {
		return ""
	}
	return jsonText(value)
}
