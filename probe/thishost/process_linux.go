package thishost

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
	"github.com/shirou/gopsutil/v3/process"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// localProcess is a ZooKeeper process and what its command line says.
type localProcess struct {
	snapshot.Process
	// configPath is empty for the old form "port dataDir", which has no file.
	configPath string
	// port is that of clients in the old form; 0 for none.
	port uint16
	// uid is its real user, and owner whose turn its one is.
	uid, owner uint64
	// line is the sum of its command line, and command that itself, of those that are looked at.
	line    [sha256.Size]byte
	command []string
}

func (p *localProcess) owned() owned { return owned{p.PID, p.owner} }

// other is the process as one that is not looked at.
func (p *localProcess) other(why snapshot.OtherReason) snapshot.OtherProcess {
	config := snapshot.Printable(p.configPath, maxShownPath)
	return snapshot.OtherProcess{PID: p.PID, User: p.User, Config: config, Why: why}
}

// jvmProperty is what -Dkey=value sets; of several the last one counts.
func jvmProperty(args []string, key string) string {
	for _, arg := range slices.Backward(args) {
		if value, ok := strings.CutPrefix(arg, "-D"+key+"="); ok {
			return value
		}
	}
	return ""
}

// jmxOf is the JMX port that a command line opens to other hosts; nil for none.
// -Dcom.sun.management.jmxremote alone opens none (ConnectorBootstrap, all versions of
// Java), and is what zkServer.sh gives by default.
func jmxOf(args []string) *snapshot.JMX {
	port := jvmProperty(args, "com.sun.management.jmxremote.port")
	if port == "" {
		return nil
	}
	// Boolean.valueOf: anything but true is false.
	on := func(key string) bool {
		value := jvmProperty(args, "com.sun.management.jmxremote."+key)
		return value == "" && !slices.Contains(args, "-Dcom.sun.management.jmxremote."+key+"=") ||
			strings.EqualFold(value, "true")
	}
	return &snapshot.JMX{Port: port, Authenticate: on("authenticate"), TLS: on("ssl")}
}

// userOf is the name of a process's owner, or its number where it has no name.
func userOf(ctx context.Context, pid int32) string {
	p := &process.Process{Pid: pid}
	if user, err := p.UsernameWithContext(ctx); err == nil {
		return user
	}
	if uids, err := p.UidsWithContext(ctx); err == nil && len(uids) > 0 {
		return strconv.Itoa(int(uids[0]))
	}
	return ""
}

// describe fills in what its command line says, and what the kernel does.
func (p *localProcess) describe(ctx context.Context) {
	args := p.command
	p.Memory = memoryOf(p.PID, args)
	p.LeaderServes = jvmProperty(args, "zookeeper.leaderServes")
	p.ForceSync = jvmProperty(args, "zookeeper.forceSync")
	p.JuteMaxBuffer = jvmProperty(args, "jute.maxbuffer")
	p.TrustEmpty = jvmProperty(args, "zookeeper.snapshot.trust.empty")
	p.MaxCnxns = jvmProperty(args, "zookeeper.maxCnxns")
	p.Whitelist = jvmProperty(args, "zookeeper.4lw.commands.whitelist")
	p.JMX, p.JMXFile = jmxOf(args), jvmProperty(args, "com.sun.management.config.file")
	p.Started = startOf(ctx, int32(p.PID)) //nolint:gosec // a process id
	p.OtherNetwork = otherNamespace(p.PID, "net", p.Container)
	p.OtherUsers = otherUsers(p.PID)
	p.Credentials = credentials(p.PID)
	p.Unit = unitOf(p.PID)
}

// startOf is when a process started; zero when the operating system did not tell.
func startOf(ctx context.Context, pid int32) time.Time {
	ms, err := (&process.Process{Pid: pid}).CreateTimeWithContext(ctx)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// unitOf is the service that systemd runs the process in, by its control group. Those
// of users' own managers are not the host's.
func unitOf(pid int) string {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return ""
	}
	groups, err := proc.Cgroups()
	if err != nil {
		return ""
	}
	for _, g := range groups {
		if g.HierarchyID != 0 && !slices.Contains(g.Controllers, "name=systemd") {
			continue
		}
		for part := range strings.SplitSeq(g.Path, "/") {
			if strings.HasPrefix(part, "user@") {
				return ""
			}
			if strings.HasSuffix(part, ".service") {
				return part
			}
		}
	}
	return ""
}

// processStatus reads the state letter, and whether the process lives in a PID
// namespace below ours, which is what a container is from the outside, and its real user.
// Anybody may read them.
func processStatus(pid int) (state string, container bool, uid uint64) {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return "", false, 0
	}
	if stat, err := proc.Stat(); err == nil {
		state = stat.State
	}
	status, err := proc.NewStatus()
	return state, err == nil && len(status.NSpids) > 1, status.UIDs[0]
}

// ended reports whether the process is gone by now.
func (p localProcess) ended() bool {
	state, _, _ := processStatus(p.PID)
	return state == "" || state == "Z"
}

// processFiles says how to open what this process would open, and with which rights: its own,
// where zkdoctor has more. Without the right to follow /proc/PID/root the plain paths serve,
// unless the process is in a container, whose paths are not ours.
func (h Host) processFiles(ctx context.Context, p localProcess) hostFiles {
	proc := procOf(p.PID)
	var f hostFiles
	if f.rights, f.denied = h.processRights(ctx, p.owned(), p.command); f.denied != nil {
		return f
	}
	f.cwd, _ = os.Readlink(filepath.Join(proc, "cwd")) // empty when denied
	other, known := otherRoot(p.PID, p.Container)
	if f.rootUnknown = !known; !other {
		return f
	}
	f.root = filepath.Join(proc, "root")
	if _, err := os.Readlink(f.root); err != nil {
		f.denied = &snapshot.Failure{Kind: snapshot.Denied, Text: fmt.Sprintf("pid %d runs in a container: only root may see its files", p.PID)}
	}
	return f
}

// processConfig reads the file that the command line names. It is the truth about
// what the process runs with, whatever file somebody else has edited.
func (h Host) processConfig(
	ctx context.Context, p localProcess, files hostFiles,
) snapshot.Obs[*zoocfg.Config] {
	if p.configPath == "" {
		return snapshot.Failed[*zoocfg.Config](&snapshot.Failure{
			Kind: snapshot.Absent,
			Text: fmt.Sprintf("pid %d was started without a configuration file", p.PID),
		}, 0)
	}
	if !filepath.IsAbs(p.configPath) && files.cwd == "" {
		return snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: snapshot.Denied, Text: fmt.Sprintf(
			"pid %d reads %s, relative to a working directory that only root or its user may see", p.PID, p.configPath)}, 0)
	}
	config, _ := h.readConfig(ctx, files, p.configPath)
	if files.rootUnknown && config.Failure != nil && config.Failure.Kind == snapshot.Absent {
		return snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: snapshot.Denied, Text: fmt.Sprintf(
			"%s is not there, and whether pid %d has another root directory only root or its user may see", p.configPath, p.PID)}, 0)
	}
	return config
}

// takeArgs keeps what the command line says of the configuration: its file, or in the old form
// the client port.
func (p *localProcess) takeArgs(rest []string) {
	switch {
	case len(rest) == 1:
		p.configPath = strings.Clone(rest[0][:min(len(rest[0]), maxPath)])
	case len(rest) > 1:
		p.port = portOf(rest[0])
	}
}

// portOf is the port that an argument is; 0 for none.
func portOf(text string) uint16 {
	port, _ := strconv.ParseUint(text, 10, 16) // none: 0
	return uint16(port)
}
