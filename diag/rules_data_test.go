package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// dataBlinds are what leaves every rule about the data without its evidence.
func dataBlinds(more ...blind) []blind {
	return append([]blind{
		noLocal(), denied(),
		{"not looked at", out().on(3, stopped, dataUnseen("")), report.SkipUndecided},
		{"a mount hangs", out().on(3, stopped, dataUnseen(snapshot.Silent)), report.SkipUndecided},
		{"a container's, and not root", healthy().on(3, dataUnseen(snapshot.Denied)), report.SkipUndecided},
	}, more...)
}

func closedData() blind {
	return blind{"may not be read", out().on(3, stopped, keeps(closed)), report.SkipUndecided}
}

func dataRules() []rule {
	gap := line(logline.LogGap, "java.lang.IllegalStateException: Committed proposal cached out of order: 0x10000002b is not the next proposal of 0x100000001", 1)
	manyFiles := func(n int) []snapshot.DataFile {
		return []snapshot.DataFile{aged(snapFile(0x300000010, 2*gib), 0), aged(snapFile(0x200000001, 2*gib), n)}
	}
	return []rule{
		{
			DiskFull,
			[]fire{
				{"no byte left", out().on(3, stopped, keeps(free(0))), "warning proven zk3"},
				{"not serving for it", look(follower, leader, looking).on(3, keeps(free(4096))).twice(), "warning proven zk3"},
				{"the quorum is lost", look(down, looking, down).on(3, stopped, keeps(free(0))), "critical proven zk3"},
				{"it answers, and its process was not seen", healthy().on(3, stopped, keeps(free(0))), "warning likely zk3"},
				{"of another machine, which may grant more", out().on(3, stopped, keeps(free(0), volume(func(v *snapshot.Volume) { v.Type = "nfs4" }))), "warning likely zk3"},
				{"of another machine, and its log says so", out().on(3, stopped, keeps(free(0), volume(func(v *snapshot.Volume) { v.Type = "nfs4" })), logged(snapshot.LogLine{Sign: logline.NoSpace, Text: "java.io.IOException: No space left on device"})), "warning proven zk3"},
				{"no inode left", healthy().on(3, keeps(volume(func(v *snapshot.Volume) { v.FreeInodes = 0 }))), "warning proven zk3"},
				{"no room for the next snapshot", healthy().on(3, keeps(free(900*mib), snapshots(1, snapFile(1, gib)))), "warning proven zk3"},
				{"nearly", healthy().on(3, keeps(free(60*mib))), "warning proven zk3"},
				{"the logs' own", healthy().on(3, keeps(logsElsewhere(func(d *snapshot.DataDir) { d.Volume.Value.FreeBytes, d.Volume.Value.ReservedBytes = 0, 0 }))), "warning proven zk3"},
				{"what is reserved is root's", healthy().on(3, keeps(volume(func(v *snapshot.Volume) { v.FreeBytes = 0 }))), "warning proven zk3"},
			},
			[]alike{
				{"room", healthy().on(3)},
				{"a large disk, 99 % full", healthy().on(3, keeps(free(gib)))},
				{"root uses what is reserved", healthy().on(3, runsAs(0, true), keeps(volume(func(v *snapshot.Volume) { v.FreeBytes = 0 })))},
				{"no fixed number of inodes", healthy().on(3, keeps(volume(func(v *snapshot.Volume) { v.Inodes, v.FreeInodes = 0, 0 })))},
				{"read-only, where nothing is written", healthy().on(3, keeps(free(0), volume(func(v *snapshot.Volume) { v.ReadOnly = true })))},
			},
			dataBlinds(blind{"the volume was not told", healthy().on(3, keeps(func(d *snapshot.Data) { d.Dir.Volume = noPart[snapshot.Volume](snapshot.Denied) })), report.SkipUndecided}),
		},
		{
			TxnlogCorrupt,
			[]fire{
				{"5 bytes", out().on(3, stopped, keeps(headless(5))), "warning proven zk3"},
				{"wrong magic", out().on(3, stopped, keeps(headless(64*mib))), "warning proven zk3"},
				{"under a running server", healthy().on(3, keeps(headless(5))), "warning proven zk3"},
				{"empty, of a version that dies of it", look(follower, leader, down).as(oldest).on(3, stopped, keeps(headless(0))), "warning likely zk3"},
				{"empty, and no version told", look(down, down, down).on(3, stopped, keeps(headless(0))), "critical likely zk3"},
				{"a gap, by its log", out().on(3, stopped, logged(gap)), "warning likely zk3"},
				{"in a directory of its own", out().on(3, stopped, keeps(logsElsewhere(func(d *snapshot.DataDir) { d.Logs.Value.Newest[0].Content.Value.Whole = false }))), "warning proven zk3"},
			},
			[]alike{
				{"whole", out().on(3, stopped)},
				{"a gap in what its leader sent", look(follower, leader, looking).on(3, logged(gap)).twice()},
				{"empty, and 3.9.5 removes it", out().on(3, stopped, keeps(headless(0)))},
				{"before the first start", out().on(3, stopped, keeps(fresh))},
				{"no log yet", out().on(3, stopped, keeps(func(d *snapshot.Data) { d.Dir.Logs.Value = snapshot.DataFiles{} }))},
			},
			dataBlinds(
				blind{"it answers, and its process was not seen", healthy().on(3, stopped, keeps(headless(5))), report.SkipUndecided},
				closedData(),
				blind{"made this moment", healthy().on(3, keeps(headless(0), justNow)), report.SkipUndecided},
				blind{"the log may not be read", out().on(3, stopped, keeps(newestLog(func(f *snapshot.DataFile) { f.Content = noPart[snapshot.FileContent](snapshot.Denied) }))), report.SkipUndecided},
				blind{"too many names", out().on(3, stopped, keeps(headless(5), func(d *snapshot.Data) { d.Dir.Logs.Value.AtLeast = true })), report.SkipUndecided},
			),
		},
		{
			NoSnapshot,
			[]fire{
				{"deleted", out().on(3, stopped, keeps(snapshots(0))), "warning likely zk3"},
				{"none whole", out().on(3, stopped, keeps(snapshots(1, cut(snapFile(1, mib))))), "warning likely zk3"},
				{"under a running server", healthy().on(3, keeps(snapshots(0))), "warning proven zk3"},
				{"no version told", look(down, down, down).on(3, stopped, keeps(snapshots(0))), "info possible zk3"},
				{"no version-2 beside the logs", out().on(3, stopped, keeps(logsElsewhere(func(*snapshot.DataDir) {}), fresh)), "warning likely zk3"},
			},
			[]alike{
				{"there is one", out().on(3, stopped)},
				{"the newest is being written", healthy().on(3, keeps(snapshots(2, cut(snapFile(2, mib)), snapFile(1, mib))))},
				{"3.4 needs none", look(follower, leader, down).as(oldest).on(3, stopped, keeps(snapshots(0)))},
				{"before the first start", out().on(3, stopped, keeps(fresh))},
				{"nothing at all", out().on(3, stopped, keeps(snapshots(0), func(d *snapshot.Data) { d.Dir.Logs.Value = snapshot.DataFiles{} }))},
				{"told to start without", out().onWith(3, zoo(3, "snapshot.trust.empty=True"), stopped, keeps(snapshots(0)))},
				{"told so on the command line", healthy().on(3, func(l *snapshot.Local) { l.Process.TrustEmpty = "true" }, keeps(snapshots(0)))},
			},
			dataBlinds(
				blind{"it answers, and its process was not seen", healthy().on(3, stopped, keeps(snapshots(0))), report.SkipUndecided},
				closedData(),
				blind{"more than were looked at", out().on(3, stopped, keeps(snapshots(9, cut(snapFile(1, mib))))), report.SkipUndecided},
				blind{"may not be read", out().on(3, stopped, keeps(func(d *snapshot.Data) {
					d.Dir.Snapshots.Value.Newest[0].Content = noPart[snapshot.FileContent](snapshot.Denied)
				})), report.SkipUndecided},
				blind{"dataDir is gone", out().on(3, stopped, keeps(logsElsewhere(func(*snapshot.DataDir) {}), fresh, func(d *snapshot.Data) { d.Dir.Owner = noPart[snapshot.Owner](snapshot.Absent) })), report.SkipUndecided},
			),
		},
		{
			EpochMismatch,
			[]fire{
				{"accepted before current", out().on(3, stopped, keeps(epochs("3", "2"))), "warning proven zk3"},
				{"the log is ahead", out().on(3, stopped, keeps(epochs("2", "3"))), "warning proven zk3"},
				{"a snapshot is ahead", out().on(3, stopped, keeps(epochs("2", "3"), newestLog(func(f *snapshot.DataFile) { f.Content.Value.HasFirst = false }))), "warning likely zk3"},
				{"empty", out().on(3, stopped, keeps(epochs("", "3"))), "warning proven zk3"},
				{"no number", out().on(3, stopped, keeps(epochs("3", "3 "))), "warning proven zk3"},
				{"under a running server", healthy().on(3, keeps(epochs("3", "2"))), "warning proven zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, keeps(epochs("3", "2"))), "critical proven zk3"},
			},
			[]alike{
				{"as it should be", out().on(3, stopped)},
				{"accepted after current", out().on(3, stopped, keeps(epochs("3", "5\n")))},
				{"current after the data", out().on(3, stopped, keeps(epochs("9", "9")))},
				{"the server repairs it", out().on(3, stopped, keeps(epochs("2", "3"), func(d *snapshot.Data) { d.Dir.Repairs = true }))},
				{"not there: it makes them", out().on(3, stopped, keeps(func(d *snapshot.Data) {
					d.Dir.CurrentEpoch, d.Dir.AcceptedEpoch = noPart[snapshot.EpochFile](snapshot.Absent), noPart[snapshot.EpochFile](snapshot.Absent)
				}))},
				{"a damaged snapshot counts for nothing", out().on(3, stopped, keeps(epochs("3", "3"), snapshots(2, cut(snapFile(0x900000001, mib)), snapFile(1, mib))))},
				{"standalone", look(standalone).onWith(1, zoo(0), keeps(epochs("3", "2")))},
				{"before the first start", out().on(3, stopped, keeps(fresh))},
			},
			dataBlinds(
				blind{"it answers, and its process was not seen", healthy().on(3, stopped, keeps(epochs("3", "2"))), report.SkipUndecided},
				closedData(),
				blind{"may not be read", out().on(3, stopped, keeps(func(d *snapshot.Data) { d.Dir.AcceptedEpoch = noPart[snapshot.EpochFile](snapshot.Denied) })), report.SkipUndecided},
				blind{"changing this moment", healthy().on(3, keeps(epochs("2", "3"), justNow)), report.SkipUndecided},
			),
		},
		{
			DataDirNotWritable,
			[]fire{
				{"mounted read-only", out().on(3, stopped, keeps(volume(func(v *snapshot.Volume) { v.ReadOnly = true }))), "warning proven zk3"},
				{"under root too", healthy().on(3, runsAs(0, true), keeps(volume(func(v *snapshot.Volume) { v.ReadOnly = true }))), "warning proven zk3"},
				{"root's, seen while it runs", healthy().on(3, keeps(version2(0, 0, 0o755))), "warning proven zk3"},
				{"its own, without the right", healthy().on(3, keeps(version2(1000, 1000, 0o555))), "warning proven zk3"},
				{"its group's, without the right", healthy().on(3, keeps(version2(0, 1000, 0o755))), "warning proven zk3"},
				{"root's, after one start as root", out().on(3, stopped, keeps(version2(0, 0, 0o755))), "warning likely zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, keeps(version2(0, 0, 0o755))), "critical likely zk3"},
			},
			[]alike{
				{"its own", healthy().on(3)},
				{"root's, and it is root", healthy().on(3, runsAs(0, true), keeps(version2(0, 0, 0o755)))},
				{"root's, and it writes all", healthy().on(3, runsAs(1000, true, 1000), keeps(version2(0, 0, 0o755)))},
				{"root's, and it writes all, of a group that may", healthy().on(3, runsAs(1000, true, 1000), keeps(version2(0, 5, 0o775)))},
				{"its group's", healthy().on(3, runsAs(1000, false, 7), keeps(version2(0, 7, 0o775)))},
				{"everybody's", healthy().on(3, keeps(version2(0, 0, 0o777)))},
				{"all root's, and none runs", out().on(3, stopped, keeps(version2(0, 0, 0o755), func(d *snapshot.Data) { d.Dir.Owner.Value.UID = 0 }))},
				{"another user's, by the group", out().on(3, stopped, keeps(version2(0, 7, 0o775)))},
				{"before the first start", out().on(3, stopped, keeps(fresh))},
			},
			dataBlinds(
				blind{"it answers, and its process was not seen", healthy().on(3, stopped, keeps(version2(0, 0, 0o755))), report.SkipUndecided},
				closedData(),
				blind{"whose process it is was not told", healthy().on(3, func(l *snapshot.Local) { l.Process.Credentials = snapshot.Obs[snapshot.Credentials]{} }), report.SkipUndecided},
				blind{"an access list may allow it", healthy().on(3, keeps(version2(0, 7, 0o775))), report.SkipUndecided},
			),
		},
		{
			AutopurgeOff,
			[]fire{
				{"eleven", healthy().on(3, keeps(snapshots(11, snapFile(1, mib)))), "info proven zk3"},
				{"full within the month", healthy().on(3, keeps(snapshots(11, manyFiles(1)...))), "warning proven zk3"},
				{"full within the year", healthy().on(3, keeps(snapshots(11, manyFiles(5)...))), "info proven zk3"},
				{"set to 0", healthy().onWith(3, zoo(3, "autopurge.purgeInterval=0"), keeps(snapshots(40, snapFile(1, mib)))), "info proven zk3"},
			},
			[]alike{
				{"ten", healthy().on(3, keeps(snapshots(10, snapFile(1, mib))))},
				{"it purges", healthy().onWith(3, zoo(3, "autopurge.purgeInterval=24"), keeps(snapshots(40, snapFile(1, mib))))},
				{"before the first start", out().on(3, stopped, keeps(fresh))},
				{"a value that ZooKeeper does not start with", healthy().onWith(3, zoo(3, "autopurge.purgeInterval=x"), keeps(snapshots(11, snapFile(1, mib))))},
			},
			dataBlinds(closedData()),
		},
		{
			DataDirInTmp,
			[]fire{
				{"the sample's", healthy().on(3, keeps(inDir("/tmp/zookeeper", "/"))), "warning proven zk3"},
				{"the service's own /tmp", healthy().on(3, keeps(inDir("/tmp/zookeeper", "/tmp"))), "warning proven zk3"},
				{"/var/tmp", healthy().on(3, keeps(inDir("/var/tmp/zk", "/var"))), "warning proven zk3"},
				{"in memory", healthy().on(3, keeps(inDir("/dev/shm/zk", "/dev/shm"))), "warning proven zk3"},
				{"/run", healthy().on(3, keeps(inDir("/run/zookeeper", "/run"))), "warning proven zk3"},
				{"/var/run, and where it leads was not seen", healthy().on(3, keeps(inDir("/var/run/zookeeper", "/run"))), "warning proven zk3"},
				{"memory mounted there", healthy().on(3, keeps(inDir("/run/user/1000/zk", "/run/user/1000"), func(d *snapshot.Data) { d.Dir.Volume.Value.Type = "tmpfs" })), "warning proven zk3"},
				{"the logs", healthy().on(3, keeps(logsElsewhere(func(d *snapshot.DataDir) { d.Path, d.Real, d.Volume.Value.Mount = "/tmp/l", "/tmp/l", "/" }))), "warning proven zk3"},
				{"no mounts told", healthy().on(3, keeps(inDir("/tmp/zookeeper", ""))), "warning proven zk3"},
			},
			[]alike{
				{"elsewhere", healthy().on(3)},
				{"a name alike", healthy().on(3, keeps(inDir("/tmpdata/zookeeper", "/")))},
				{"a volume mounted there", healthy().on(3, keeps(inDir("/tmp/zookeeper", "/tmp/zookeeper")))},
				{"a disk mounted there", healthy().on(3, keeps(inDir("/run/media/disk/zookeeper", "/run/media/disk")))},
				{"a link to a disk", healthy().on(3, keeps(inDir("/tmp/zookeeper", "/"), func(d *snapshot.Data) { d.Dir.Real = "/srv/zookeeper" }))},
			},
			dataBlinds(blind{"dataDir is not there", out().on(3, stopped, keeps(func(d *snapshot.Data) { d.Dir.Owner = noPart[snapshot.Owner](snapshot.Denied) })), report.SkipUndecided}),
		},
	}
}

// inDir moves dataDir.
func inDir(path, mount string) func(*snapshot.Data) {
	return func(d *snapshot.Data) { d.Dir.Path, d.Dir.Real, d.Dir.Volume.Value.Mount = path, path, mount }
}

// TestDataFolds: what keeps a server from starting explains that it is down; what
// will only do so later explains nothing.
func TestDataFolds(t *testing.T) {
	t.Parallel()
	degraded := "degraded 1: 2 of 3 by conf, need 2, spare 0"
	runGrid(t, []row{
		{
			"a full disk and what it left", out().on(3, stopped, keeps(free(0), headless(5))), degraded,
			findings("root disk-full warning proven zk3", "show txnlog-corrupt warning proven zk3", "fold degraded-no-spare warning proven", "fold process-down warning proven zk3"),
		},
		{
			"a nearly full disk beside a server that is down", out().on(3, stopped, keeps(free(60*mib))), degraded,
			findings("root process-down warning proven zk3", "root disk-full warning proven zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"a broken log under a server that does not serve", look(follower, leader, looking).on(3, keeps(headless(5))).twice(), degraded,
			findings("root txnlog-corrupt warning proven zk3", "show server-not-serving warning proven zk3", "fold degraded-no-spare warning proven", "fold status-script-misleading info proven zk3"),
		},
		{
			"read-only", out().on(3, stopped, keeps(volume(func(v *snapshot.Volume) { v.ReadOnly = true }))), degraded,
			findings("root datadir-not-writable warning proven zk3", "fold degraded-no-spare warning proven", "fold process-down warning proven zk3"),
		},
	})
}

// TestRefillIsGuarded: the command that moves data away is given only while every
// other voter was seen to serve, and nothing else ever touches version-2.
func TestRefillIsGuarded(t *testing.T) {
	t.Parallel()
	broken := []func(*snapshot.Local){stopped, keeps(headless(5), logsElsewhere(func(d *snapshot.DataDir) { d.Logs.Value.Newest[0].Content.Value.Whole = false }))}
	for name, c := range map[string]struct {
		scene scene
		moves bool
	}{
		"the others serve":           {out().on(3, broken...), true},
		"another is down too":        {look(follower, leader, down, down, follower).on(3, broken...), false},
		"another was not seen":       {look(gone, leader, down).on(3, broken...), false},
		"nobody leads":               {look(looking, looking, down).on(3, broken...), false},
		"the list is only named":     {look(follower, but(leader, insync(1)), down).as(oldest).on(3, broken...).edit(func(s *snapshot.Snapshot) { s.Plan.Config = nil }), true},
		"a server that stands alone": {look(down).onWith(1, zoo(0), stopped, keeps(headless(5))), false},
	} {
		var commands []string
		for _, f := range c.scene.report().Findings {
			if f.Code != TxnlogCorrupt {
				continue
			}
			for _, step := range f.Fix {
				commands = append(commands, step.Command)
			}
		}
		moves := slices.ContainsFunc(commands, func(s string) bool { return strings.HasPrefix(s, "mv -T ") && strings.Count(s, "version-2.away") == 2 })
		if len(commands) == 0 || moves != c.moves {
			t.Errorf("%s: %q", name, commands)
		}
	}
}
