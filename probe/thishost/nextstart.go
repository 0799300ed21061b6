package thishost

import (
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// lookAtNextStart looks at how a server that runs would be started next: by the unit that it runs
// in, or else by one whose command leads to its configuration.
func (h Host) lookAtNextStart(ctx context.Context, l *snapshot.Local, files hostFiles, p *localProcess) {
	if p.configPath == "" {
		return
	}
	config := files.absolute(p.configPath)
	l.Next, _ = see(ctx, h, files, "its start script",
		func(f hostFiles) *snapshot.NextStart { return f.lookNextStart(config, &p.Process) },
		func(*snapshot.Failure) *snapshot.NextStart { return nil })
}

func (f hostFiles) lookNextStart(config string, p *snapshot.Process) *snapshot.NextStart {
	root := f.fs.Tree()
	next := &snapshot.NextStart{}
	if f.root == "" { // no unit of this host leads into a container
		next.Unit = unitOfProcess(root, config, p.Unit)
	}
	if u := next.Unit; u != nil && u.Script != "" {
		next.Script = snapshot.Saw(isFile(root, u.Script), 0)
	}
	next.Install = f.lookInstall(config, next.Unit)
	if java := nextJava(next, p); java.Path != "" {
		java.Runs = runs(root, java.Path)
		if java.Runs {
			java.Version = f.javaVersion(java.Path)
		}
		next.Java = snapshot.Saw(java, 0)
	}
	return next
}

// unitOfProcess is the unit of a server that runs; nil where it runs in none that was found.
func unitOfProcess(root fs.FS, config, unit string) *snapshot.Unit {
	if dir := strongest(root, unit); unit != "" && dir != "" {
		if u, ok := readUnit(root, path.Join(dir, unit)); ok {
			return &u
		}
	}
	return findUnit(root, func(u snapshot.Unit) bool { return u.Config == config })
}

// nextJava is the java that a unit runs, or that the scripts would take, or else the one that runs.
func nextJava(next *snapshot.NextStart, p *snapshot.Process) snapshot.JavaProgram {
	in := next.Install.Value.Java
	switch {
	case next.Unit != nil && next.Unit.Java != "":
		return snapshot.JavaProgram{Path: next.Unit.Java}
	case in.Unsure: // what was not read may name another
	case next.Install.Seen() && in.HomeHas.Seen() && (in.HomeHas.Value || !in.FallsBack):
		return snapshot.JavaProgram{Path: filepath.Join(in.Home, "bin/java")}
	case next.Install.Seen() && in.InPath.Value != "":
		return snapshot.JavaProgram{Path: in.InPath.Value}
	}
	program, _ := strings.CutSuffix(p.Program.Value, " (deleted)")
	return snapshot.JavaProgram{Path: program, OfProcess: true}
}
