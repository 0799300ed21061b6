package snapshot

import (
	"fmt"
	"strings"
)

// Envi is the reply to envi (org.apache.zookeeper.Environment). It is answered
// without a quorum too, so it is the way to the version of a server that does
// not serve.
type Envi struct {
	Version     Version `json:"version"`
	HostName    string  `json:"host_name,omitempty"`
	JavaVersion string  `json:"java_version,omitempty"`
	// Vars holds the allowed variables in the server's order, made printable.
	// Class path, library path and the home directory are left out: they are
	// long and may name secrets.
	Vars Pairs `json:"vars"`
}

// maxVars bounds the variables that are kept: servers have some 15.
const maxVars = 64

// enviAllowed are the variables that are kept, see allowedEnvi for the families.
var enviAllowed = map[string]bool{
	"zookeeper.version": true, "host.name": true, "java.version": true,
	"java.vendor": true, "user.name": true, "user.dir": true,
}

func allowedEnvi(key string) bool {
	return enviAllowed[key] ||
		strings.HasPrefix(key, "os.") || // os.name, os.arch, os.version; os.memory.* from 3.5.3
		strings.HasPrefix(key, "jvm.memory.") // os.memory.* after 3.9
}

// ParseEnvi reads the reply to envi.
func ParseEnvi(reply []byte) (Envi, error) {
	var e Envi
	text := string(reply)
	body, ok := strings.CutPrefix(text, "Environment:")
	if !ok {
		return Envi{}, fmt.Errorf("no line \"Environment:\", it starts with %s", Quoted(FirstLine(reply)))
	}
	if !strings.HasSuffix(text, "\n") {
		return Envi{}, fmt.Errorf("%w after %d bytes", errCut, len(text))
	}
	for line := range strings.Lines(body) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if ok && allowedEnvi(key) && len(e.Vars) < maxVars {
			e.Vars = append(e.Vars, Pair{Printable(key, MaxForeign), Printable(value, maxExtraText)})
		}
	}
	version, ok := e.Vars.Get("zookeeper.version")
	if !ok {
		return Envi{}, fmt.Errorf("%w: no zookeeper.version", errCut)
	}
	var err error
	if e.Version, err = ParseVersion(version); err != nil {
		return Envi{}, err
	}
	e.HostName, _ = e.Vars.Get("host.name")
	e.JavaVersion, _ = e.Vars.Get("java.version")
	return e, nil
}
