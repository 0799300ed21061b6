package thishost

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestNamedByOthers: what the configuration of another user names root reads with that user's
// rights, though it lies in a directory of root's, and though root has named it.
func TestNamedByOthers(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root lends its rights")
	}
	const nobody = 65534
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Chmod(dir, 0o755))
	must(os.Chmod(filepath.Dir(dir), 0o755))
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, []byte(text), mode))
		return path
	}
	must(os.Mkdir(filepath.Join(dir, "data"), 0o755))
	// Readable by root's group, which is also that of a file that root gave away.
	secret, id := write("secret", "hidden=1\n", 0o640), write("data/myid", "7", 0o600)
	dynamic := write("dynamic.cfg", "dataDir=/data\ndynamicConfigFile="+secret+"\n", 0o644)
	data := write("zoo.cfg", "dataDir="+filepath.Dir(id)+"\n", 0o600)
	for _, owner := range []int{0, nobody} {
		must(os.Chown(dynamic, owner, -1))
		must(os.Chown(data, owner, -1))
		for _, source := range []string{"$ZOOCFGDIR", Named} {
			l := in(t).LookFile(t.Context(), dynamic, source, nil)
			if l.Config.FailedAs(snapshot.Denied) != (owner == nobody) {
				t.Errorf("%s, user %d, dynamic file: %+v", source, owner, l.Config)
			}
			l = in(t).LookFile(t.Context(), data, source, nil)
			if !l.Config.Seen() || l.MyID.FailedAs(snapshot.Denied) != (owner == nobody) {
				t.Errorf("%s, user %d, myid: %+v, %+v", source, owner, l.Config.Failure, l.MyID)
			}
		}
		if _, err := in(t).ReadConfig(t.Context(), dynamic); (err != nil) != (owner == nobody) {
			t.Errorf("user %d: %v", owner, err)
		}
		files, err := in(t).readFiles(t.Context(), hostFiles{}, data, true)
		if err != nil || (files.ID == nil) != (owner == nobody) {
			t.Errorf("user %d: id %v, %v", owner, files.ID, err)
		}
	}
	// Root's file, that leads to a directory of another user.
	must(os.Chown(dynamic, 0, 0))
	must(os.Chown(dir, nobody, -1))
	if _, err := in(t).ReadConfig(t.Context(), dynamic); err == nil {
		t.Error("a dynamic file in another user's directory was read")
	}
}
