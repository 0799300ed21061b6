package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// outside is what a package that only thinks does not import itself: fmt needs os, and
// may.
var outside = []string{
	"os", "os/exec", "os/signal", "os/user", "syscall", "io/ioutil", "log", "log/slog", "log/syslog",
	"math/rand", "math/rand/v2", "crypto/rand", "plugin", "unsafe",
}

// clocks are the functions of time that know what time it is.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}

// purity is what diag, and all that it imports, should not reach.
func (m *module) purity() []figure {
	modules := map[string]bool{}
	var impure []string
	for _, path := range slices.Sorted(maps.Keys(m.reached)) {
		p := m.reached[path]
		switch {
		case p.Module == nil:
			continue // the standard library
		case p.Module.Path != m.path:
			modules[p.Module.Path] = true
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(p.Imports)) {
			imported := p.Imports[name]
			if imported.Module == nil && (slices.Contains(outside, name) || reachesNet(imported, map[string]bool{})) {
				impure = append(impure, strings.TrimPrefix(path, m.path+"/")+" imports "+name)
			}
		}
		for _, u := range m.uses {
			ofTime := u.obj.Pkg().Path() == "time" && u.obj.Parent() == u.obj.Pkg().Scope()
			if m.path+"/"+u.from.pkg == path && ofTime && slices.Contains(clocks, u.obj.Name()) {
				impure = append(impure, fmt.Sprintf("%s:%d: time.%s", u.from.name, u.line, u.obj.Name()))
			}
		}
	}
	return []figure{
		count("modules that diag reaches", slices.Sorted(maps.Keys(modules))),
		count("clock, files and net that diag reaches", impure),
	}
}

// reachesNet: it is net, or imports what reaches it, as crypto/x509 does and net/netip
// does not.
func reachesNet(p *packages.Package, seen map[string]bool) bool {
	if p.PkgPath == "net" {
		return true
	}
	if seen[p.PkgPath] {
		return false
	}
	seen[p.PkgPath] = true
	for _, imported := range p.Imports {
		if reachesNet(imported, seen) {
			return true
		}
	}
	return false
}
