package diag

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestSameFromFile: what is concluded of a snapshot is concluded of it anywhere,
// after it was written to a file and read again.
func TestSameFromFile(t *testing.T) {
	for _, r := range allRules() {
		for _, f := range r.fires {
			snap := f.scene.snap()
			var file bytes.Buffer
			if err := snapshot.WriteSnapshot(&file, snap); err != nil {
				t.Fatal(err)
			}
			read, err := snapshot.ReadSnapshot(file.Bytes())
			if err != nil {
				t.Fatalf("%s, %s: %v", r.code, f.name, err)
			}
			if d := cmp.Diff(Diagnose(snap, Options{}), Diagnose(read, Options{})); d != "" {
				t.Errorf("%s, %s: another report from the file (-looked +read):\n%s", r.code, f.name, d)
			}
		}
	}
}

// FuzzSnapshotFile: whatever is in a file, it is refused or judged.
func FuzzSnapshotFile(f *testing.F) {
	for _, s := range []scene{look(follower, leader, down).twice(), look(follower, leader, hung).on(3), look(down, looking, gone).file(zoo(3))} {
		var file bytes.Buffer
		if err := snapshot.WriteSnapshot(&file, s.snap()); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Add([]byte(`{"format":1,"servers":[{"name":"a"}],"local":[{"config":{"tried":true}}],"before":{"servers":[{"name":"a"}]}}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		if snap, err := snapshot.ReadSnapshot(text); err == nil {
			Diagnose(snap, Options{})
		}
	})
}

// TestNoSecretInFile: a password of the configuration stays there.
func TestNoSecretInFile(t *testing.T) {
	const secret = "hunter2"
	s := look(follower, leader, follower).onWith(1, zoo(3, "ssl.keyStore.password="+secret, "DigestAuthenticationProvider.superDigest="+secret)).
		file(zoo(3, "ssl.trustStore.password="+secret)).twice().snap()
	for i := range s.Servers {
		s.Servers[i].Envi.Value.Vars = append(s.Servers[i].Envi.Value.Vars, snapshot.Pair{Key: "sun.java.command", Value: secret})
		s.Servers[i].Conf.Value.Unknown = snapshot.Pairs{{Key: "secret", Value: secret}}
	}
	var file bytes.Buffer
	if err := snapshot.WriteSnapshot(&file, s); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), secret) {
		t.Error("a secret is in the file")
	}
	if !strings.Contains(file.String(), "ssl.keyStore.password") {
		t.Error("that a password is set is not in the file")
	}
	if s.Plan.Config.Properties[len(s.Plan.Config.Properties)-1].Value != secret {
		t.Error("writing has changed the snapshot")
	}
}
