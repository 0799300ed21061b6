package zoocfg

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// base is a zoo.cfg without members and without problems, of four lines.
const base = "dataDir=/var/data/zookeeper\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n"

// three are the members of the install guide.
const three = "server.1=192.168.145.100:2888:3888\n" +
	"server.2=192.168.145.101:2888:3888\n" +
	"server.3=192.168.145.102:2888:3888\n"

func TestParseInstallGuide(t *testing.T) {
	t.Parallel()
	const data = "# The number of milliseconds of each tick\ntickTime=2000\n" +
		"dataDir=/var/data/zookeeper\ndataLogDir = /var/data/zookeeper/datalogs\n" +
		"clientPort=2181\ninitLimit:10\nsyncLimit 5\n#格式: server.序号\n" + three
	c := Parse("/opt/zoo.cfg", []byte(data))
	if c.Problems != nil || c.Notes != nil {
		t.Errorf("problems %v, notes %v", c.Problems, c.Notes)
	}
	want := defaults()
	at := func(line int) Setting[int] { return Setting[int]{Line: line, File: "/opt/zoo.cfg"} }
	want.TickTime, want.ClientPort, want.InitLimit, want.SyncLimit = at(2), at(5), at(6), at(7)
	want.TickTime.Value, want.ClientPort.Value, want.InitLimit.Value, want.SyncLimit.Value = 2000, 2181, 10, 5
	want.DataDir = Setting[string]{"/var/data/zookeeper", 3, "/opt/zoo.cfg"}
	want.DataLogDir = Setting[string]{"/var/data/zookeeper/datalogs", 4, "/opt/zoo.cfg"}
	if diff := cmp.Diff(want, c.Settings); diff != "" {
		t.Errorf("settings: -want +got\n%s", diff)
	}
	wantServers := []Server{}
	for i := range 3 {
		host := fmt.Sprintf("192.168.145.%d", 100+i)
		wantServers = append(wantServers, Server{
			ID: int64(i + 1), Addresses: one(host, 2888, 3888),
			Role: Participant, Line: 9 + i, File: "/opt/zoo.cfg", Raw: host + ":2888:3888",
		})
	}
	if diff := cmp.Diff(wantServers, c.Servers); diff != "" {
		t.Errorf("servers: -want +got\n%s", diff)
	}
	if host, port := c.ClientAddress(2); host != "192.168.145.101" || port != 2181 {
		t.Errorf("client address %s %d", host, port)
	}
	if q := c.Quorum(); q.Needed() != 2 || !c.Distributed("3.4.10") || !c.Distributed("") {
		t.Errorf("needed %d", q.Needed())
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	c := Parse("f", []byte(base+three+`
secureClientPort=2281
clientPortAddress=10.0.0.1
maxClientCnxns=0
peerType=Observer
quorumListenOnAllIPs=TRUE
standaloneEnabled=false
sslQuorum=true
quorum.auth.enableSasl=true
autopurge.purgeInterval=24
4lw.commands.whitelist=srvr, ruok
leaderServes=no
forceSync=NO
admin.enableServer=false
admin.serverPort=0x1F90
admin.serverAddress=127.0.0.1
`))
	if c.Problems != nil {
		t.Errorf("problems %v", c.Problems)
	}
	got := []any{
		c.SecureClientPort.Value, c.ClientPortAddress.Value, c.MaxClientCnxns.Value, c.PeerType.Value,
		c.QuorumListenOnAllIPs.Value, c.StandaloneEnabled.Value, c.SSLQuorum.Value, c.QuorumSASL.Value,
		c.AutopurgePurgeInterval.Value, c.Whitelist.Value, c.LeaderServes.Value, c.ForceSync.Value,
		c.AdminEnabled.Value, c.AdminPort.Value, c.AdminAddress.Value, c.DataLogDir.Value, c.DataLogDir.IsSet(),
	}
	want := []any{
		2281, "10.0.0.1", 0, Observer, true, false, true, true, 24 * time.Hour, "srvr, ruok",
		false, true, false, 8080, "127.0.0.1", "/var/data/zookeeper", false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if p, ok := c.Property("forceSync"); !ok || p.Value != "NO" {
		t.Errorf("property %v", p)
	}
	if _, ok := c.Property("nothing"); ok {
		t.Error("a property that is not there")
	}
}

func TestAddDynamic(t *testing.T) {
	t.Parallel()
	c := Parse("/conf/zoo.cfg", []byte(base+"dynamicConfigFile=/conf/zoo.cfg.dynamic.10000002a\n"))
	if c.Problems != nil || c.Servers != nil {
		t.Errorf("problems %v, servers %v", c.Problems, c.Servers)
	}
	path := c.DynamicConfigFile.Value
	c.AddDynamic(path, []byte("server.2=b:2888:3888;2182\nserver.1=a:2888:3888:participant;10.0.0.1:2181\nserver.3=c:2888:3888\n"))
	if c.Problems != nil || len(c.Voters()) != 3 || c.Version != 0x10000002a || c.Dynamic != path {
		t.Errorf("problems %v, version %x, %d voters", c.Problems, c.Version, len(c.Voters()))
	}
	for id, want := range map[int64]string{1: "10.0.0.1:2181", 2: "b:2182", 3: "c:2181", 9: "localhost:2181"} {
		host, port := c.ClientAddress(id)
		if got := fmt.Sprintf("%s:%d", host, port); got != want {
			t.Errorf("client address of %d: %s, want %s", id, got, want)
		}
	}
	if _, port := c.SecureClientAddress(1); port != 0 {
		t.Errorf("secure client port %d", port)
	}
}

// TestDynamicNoKeys: what a dynamic file has that is no key is told by its line alone, also where
// it is there twice.
func TestDynamicNoKeys(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 61)
	for _, line := range []string{"-----BEGIN_KEY", "a/b+c=", "pass_word 1", "s\u00e9cret=1", "p@ss", "pa$$:x", long, "="} {
		c := Parse("zoo.cfg", []byte(base+"dynamicConfigFile=dyn\n"))
		c.AddDynamic("dyn", []byte("server.1=a:2888:3888\n"+line+"\n"+line+"\n"))
		key := ParseProperties([]byte(line))[0].Key
		var lines []int
		for _, p := range c.Problems {
			if p.Kind == NotAMember && p.Key == "" {
				lines = append(lines, p.Line)
			}
		}
		if !slices.Equal(lines, []int{2, 3}) || key != "" && strings.Contains(fmt.Sprintf("%+v", c), key) {
			t.Errorf("%q: %+v", line, c)
		}
	}
	c := Parse("zoo.cfg", []byte(base+"dynamicConfigFile=dyn\n"))
	c.AddDynamic("dyn", []byte("server.1=a:2888:3888\nsslQuorum.port-2=1\n"))
	if p := c.Problems; len(p) != 1 || p[0].Text != "Unrecognised parameter: sslQuorum.port-2" {
		t.Errorf("a key: %+v", p)
	}
}

func TestDynamicProblems(t *testing.T) {
	t.Parallel()
	c := Parse("zoo.cfg", []byte("dataDir=/d\nsyncLimit=5\ndynamicConfigFile=dyn\n"+three+"group.1=1:2:3\n"))
	c.AddDynamic("dyn", []byte("version=1\nclientPort=1\nserver.1=a:2888\nserver.2=b:2888:3888 \nserver.3=c:2888:3888\n"))
	var got []string
	for _, p := range c.Problems {
		if Concerns(p.Versions, "3.8.0") {
			got = append(got, fmt.Sprintf("%s:%d %s: %s", p.File, p.Line, p.Key, p.Text))
		}
	}
	want := []string{
		"zoo.cfg:0 initLimit: initLimit is not set",
		"zoo.cfg:4 server.1: parameter: server.1 must be in a separate dynamic config file",
		"zoo.cfg:5 server.2: parameter: server.2 must be in a separate dynamic config file",
		"zoo.cfg:6 server.3: parameter: server.3 must be in a separate dynamic config file",
		"zoo.cfg:7 group.1: parameter: group.1 must be in a separate dynamic config file",
		"dyn:1 version: dynamic file shouldn't have version inside",
		"dyn:2 clientPort: Unrecognised parameter: clientPort",
		"dyn:3 server.1: a:2888" + wrongFormat,
		"dyn:4 server.2: Address unresolved: b:3888 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	kinds := 0
	for i := range c.Problems {
		p := &c.Problems[i]
		if (p.Kind == BesideDynamic) != strings.Contains(p.Text, "separate dynamic") {
			t.Errorf("%v is of kind %q", *p, p.Kind)
		}
		if p.Kind == BesideDynamic {
			kinds++
		}
		p.Kind = "" // as an older zkdoctor wrote it
	}
	c.FillKinds()
	if !slices.ContainsFunc(c.Problems, func(p Problem) bool { return p.Kind == BesideDynamic }) || kinds != 4 {
		t.Errorf("%d kinds, and then %v", kinds, c.Problems)
	}
	for _, p := range c.Problems {
		if p.File == "dyn" && p.Versions != "3.5+" {
			t.Errorf("%v concerns %q", p, p.Versions)
		}
	}
}

func TestVersionOf(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]uint64{
		"zoo.cfg.dynamic": 0, "zoo.cfg.dynamic.100": 0x100, "zoo.cfg.add": 0xadd, "dead": 0, "a.": 0, "a.-1": 0, "": 0,
	} {
		if got := versionOf(path); got != want {
			t.Errorf("%q: %x, want %x", path, got, want)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	type note struct {
		Kind        NoteKind
		Line, Other int
		Key         string
	}
	tests := []struct {
		name, data string
		want       []note
	}{
		{"none", base, nil},
		{"duplicate", base + "clientPort=2182\nclientPort=2183\n", []note{
			{NoteDuplicate, 6, 2, "clientPort"}, {NoteDuplicate, 6, 5, "clientPort"},
		}},
		{"CRLF", strings.ReplaceAll(base, "\n", "\r\n"), []note{{NoteCRLF, 1, 0, ""}}},
		{"CRLF later on", "\n" + base + "a=b\r\n", []note{{NoteCRLF, 6, 0, ""}}},
		{"byte order mark", "\xEF\xBB\xBF" + base, []note{{NoteBOM, 1, 0, ""}}},
		{"UTF-8", base + "dataLogDir=/数据\n", []note{{NoteNotLatin1, 5, 0, ""}}},
		{"ISO-8859-1", base + "dataLogDir=/\xe9t\xe9\n", nil},
		{"UTF-8 in a comment", base + "# 数据\n", nil},
		{"trailing comment", base + "dataLogDir=/log # here\n", []note{{NoteTrailingComment, 5, 0, "dataLogDir"}}},
		{"hash within a value", base + "dataLogDir=/log#1\n", nil},
		{"no effect", base + "jute.maxbuffer=1\nreadonlymode.enabled=true\nzookeeper.snapCount=1\nznode.container.x=1\n", []note{
			{NoteNoEffect, 5, 0, "jute.maxbuffer"},
			{NoteNoEffect, 6, 0, "readonlymode.enabled"},
			{NoteNoEffect, 7, 0, "zookeeper.snapCount"},
			{NoteNoEffect, 8, 0, "znode.container.x"},
		}},
		// FileTxnLog reads it under both names from 3.4.9 on.
		{"read with and without the prefix", base + "fsync.warningthresholdms=1\n", nil},
		{"no dot", base + "server1=a:2888:3888\nServer.2=b:2888:3888\nserver_3=c\nservers=4\n", []note{
			{NoteServerKey, 5, 0, "server1"}, {NoteServerKey, 6, 0, "Server.2"}, {NoteServerKey, 7, 0, "server_3"},
		}},
		{"several addresses", base + "multiAddress.enabled=true\nserver.1=a:2888:3888|b:2888:3888\n", []note{
			{NoteNoEffect, 5, 0, "multiAddress.enabled"}, {NoteMultiAddress, 6, 0, "server.1"},
		}},
		{"ignored values", base + "leaderServes=NO\nadmin.serverPort=80x\nadmin.portUnification=yes\n", []note{
			{NoteIgnoredValue, 5, 0, "leaderServes"},
			{NoteIgnoredValue, 6, 0, "admin.serverPort"},
			{NoteIgnoredValue, 7, 0, "admin.portUnification"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []note
			for _, n := range Parse("zoo.cfg", []byte(test.data)).Notes {
				got = append(got, note{n.Kind, n.Line, n.Other, n.Key})
				if n.File != "zoo.cfg" || n.Text == "" {
					t.Errorf("note %+v", n)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestConfigSurvivesJSON(t *testing.T) {
	t.Parallel()
	want := Parse("zoo.cfg", []byte(base+three+"group.1=1:2:3\nweight.1=2\nclientPort=x\nautopurge.purgeInterval=1\n"))
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Config
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(base+three), []byte("server.1=a:1:2;3"))
	f.Add([]byte("group.1=1:2 \nweight.9=x\r\ndynamicConfigFile=d"), []byte("version=1\\u00"))
	f.Fuzz(func(t *testing.T, static, dynamic []byte) {
		c := Parse("s", static)
		check := func(file string, line int) {
			data := static
			if file == "d" {
				data = dynamic
			}
			if last := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1; line < 0 || line > last {
				t.Errorf("%s:%d is not in the file", file, line)
			}
		}
		for range 2 {
			for _, p := range c.Problems {
				check(p.File, p.Line)
			}
			for _, n := range c.Notes {
				check(n.File, n.Line)
			}
			for _, s := range c.Servers {
				check(s.File, s.Line)
				if len(s.Addresses) == 0 || c.Find(s.ID) == nil {
					t.Errorf("server %+v", s)
				}
				c.ClientAddress(s.ID)
			}
			c.Quorum().Needed()
			c.AddDynamic("d", dynamic)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	data := []byte("# a comment, as the sample file has them\n" + base + three +
		strings.Repeat("# The number of snapshots to retain in dataDir\n", 20) +
		"tickTime=2000\nmaxClientCnxns=60\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n" +
		"4lw.commands.whitelist=srvr,mntr,conf,ruok\nadmin.serverPort=8080\nreconfigEnabled=false\n" +
		"standaloneEnabled=true\nsslQuorum=false\nquorumListenOnAllIPs=false\nleaderServes=yes\nforceSync=yes\n")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("zoo.cfg", data)
	}
}
