package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzVia: a template and a host make an error, or a command whose words stay what they
// are: a host never makes two words, or an option.
func FuzzVia(f *testing.F) {
	for template, host := range map[string]string{
		"ssh {host} --": "zk1.example.org", "kubectl exec zk-{n} -c 'a b' --": "zk-2.zk", `sh -c "x {name}"`: "zk1", "'{host}": "zk1", "{n}{n}": "zk",
		"''{host}": "a:b", "\t{host}\n": "-oProxyCommand=x", "/\xff {n}": "zk1",
	} {
		f.Add(template, host)
	}
	f.Fuzz(func(t *testing.T, template, host string) {
		v, err := newVia(template, []string{"zk1"}, time.Second)
		if err != nil {
			return
		}
		if !strings.ContainsAny(template, `'"`) && !slices.Equal(v.template, strings.FieldsFunc(template, func(r rune) bool { return strings.ContainsRune(" \t\n", r) })) {
			t.Errorf("%q is split into %q", template, v.template)
		}
		command, err := v.command(host)
		if err != nil {
			return
		}
		if len(command) != len(v.template)+3 || !slices.Equal(command[len(v.template):], []string{"zkdoctor", "collect", "zk1"}) {
			t.Errorf("%q with %q is %q", template, host, command)
		}
		if strings.HasPrefix(host, "-") || strings.ContainsAny(host, " \t\n;&|$`'\"\\<>()*?") {
			t.Errorf("%q went into a command", host)
		}
	})
}
