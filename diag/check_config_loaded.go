package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var configNotLoadedRule = Rule{
	Code: ConfigNotLoaded, Title: "its configuration cannot be read", Needs: "a server's own files",
	Explains: startless,
	Eval:     checkConfigLoaded,
}

// checkConfigLoaded looks whether a start would find the configuration, and whether
// the file that the user named is the one that the process has read.
func checkConfigLoaded(e *ensemble) result {
	if len(e.hosts) == 0 {
		return skip(SkipLocalFiles, "needs a server's own files: run zkdoctor there")
	}
	var out result
	for _, h := range e.hosts {
		f, why := e.configLoaded(h)
		if f != nil {
			out.findings = append(out.findings, *f)
		}
		if why != nil {
			why.Server = h.name()
			out.skips = append(out.skips, *why)
		}
	}
	return out
}

func (e *ensemble) configLoaded(h *host) (*Finding, *Skip) {
	u := h.Unit
	switch {
	case !h.Config.Tried:
		return nil, &Skip{Kind: SkipUndecided, Reason: "its configuration was not looked at"}
	case h.ConfigPath == "":
		return nil, &Skip{Kind: SkipUndecided, Reason: "its process was started without a configuration file"}
	case h.hidden():
		return nil, &Skip{Kind: SkipUndecided, Reason: unseenProcess}
	case cannotBeRead(h.Config.Failure):
		return e.configGone(h, h.Config.Failure, h.ConfigSource), nil
	case h.config == nil:
		return nil, &Skip{Kind: SkipDenied, Reason: h.Config.Failure.Text}
	case h.Named != nil && h.Process != nil:
		return e.namedAnother(h), nil
	case h.Process == nil && u != nil && u.Config != h.ConfigPath && cannotBeRead(u.ConfigFailure):
		return e.configGone(h, u.ConfigFailure, u.File), nil
	}
	return e.configReadable(h)
}

// cannotBeRead reports whether a configuration is not there, or is no file, whoever
// asks.
func cannotBeRead(f *snapshot.Failure) bool {
	return f != nil && (f.Kind == snapshot.Absent || f.Kind == snapshot.Protocol)
}

// configGone is a configuration that nobody can read; source is what leads to it.
func (e *ensemble) configGone(h *host, why *snapshot.Failure, source string) *Finding {
	f := &Finding{
		Severity: e.hostSeverity(h), Certainty: Likely, Servers: h.servers(),
		Summary:  "the configuration that it would be started with cannot be read by anybody: ZooKeeper ends with \"Invalid config, exiting abnormally\" and exit code 2.",
		Evidence: []Evidence{{Source: "zoo.cfg", Server: h.name(), Key: "named by " + source, Value: why.Text, Wanted: "a readable file"}},
		Fix: []Fix{
			{Host: h.name(), Note: "put the configuration of this server back: from a backup or the configuration management; or that of another server, with this server's own clientPortAddress and paths"},
			{Host: h.name(), Note: "or correct the path in what starts it (unit, arguments of zkServer.sh, ZOOCFGDIR), then start it as its own user"},
		},
	}
	if len(h.Beside) > 0 {
		f.Evidence = append(f.Evidence, Evidence{Source: "zoo.cfg", Server: h.name(), Key: "beside it", Value: strings.Join(h.Beside, ", ")})
		if slices.Equal(h.Beside, []string{"zoo_sample.cfg"}) {
			f.Fix = slices.Insert(f.Fix, 0, Fix{Host: h.name(), Note: "zoo_sample.cfg is only an example: it has no server.N line and keeps the data in /tmp. Write a zoo.cfg of your own"})
		}
	}
	if e.lives(h) {
		f.Certainty, f.Later = Proven, true
		f.Summary = "the configuration that the running process was started with cannot be read any more. It does not need it now, and will not start again."
		return f
	}
	line := h.logged([]logline.Sign{logline.ConfigInvalid})
	if line != nil || h.endedWith(2) {
		f.Certainty = Proven
	}
	f.Evidence = append(append(f.Evidence, line...), h.serviceEvidence()...)
	return f
}

// configReadable looks whether the user that the server runs as may read its
// configuration.
func (e *ensemble) configReadable(h *host) (*Finding, *Skip) {
	who, name := h.runsAs()
	switch {
	case !h.ConfigAccess.Tried || who == nil:
		return nil, nil // whom it runs as nobody says: that the file is there is all there is to know
	case !h.ConfigAccess.Seen():
		return nil, &Skip{Kind: SkipDenied, Reason: h.ConfigAccess.Failure.Text}
	case !who.Seen():
		return nil, &Skip{Kind: SkipUndecided, Reason: reasonOf(who.Failure, "whom it runs as was not looked at")}
	case who.Value.WritesAll:
		return nil, nil
	}
	steps := h.ConfigAccess.Value
	for i, step := range steps {
		what, wanted := uint32(1), "a directory that it may pass (x)"
		if i == len(steps)-1 {
			what, wanted = 4, "readable for "+name
		}
		may := permits(step.Owner, what, who.Value.UID, who.Value.Groups)
		if may == unknown {
			return nil, &Skip{Kind: SkipUndecided, Reason: step.Path + ": its group may read it, and an access list may put its user there"}
		}
		if may == no {
			return e.configForbidden(h, step, name, wanted), nil
		}
	}
	return nil, nil
}

// runsAs are the rights of the user that the server runs as, and that user's name;
// nil when nothing tells.
func (h *host) runsAs() (*snapshot.Obs[snapshot.Credentials], string) {
	switch {
	case h.Process != nil:
		return &h.Process.Credentials, h.Process.User
	case h.Unit != nil && h.Unit.Config == h.config.Path:
		return &h.Unit.Credentials, h.Unit.User
	}
	return nil, ""
}

func (e *ensemble) configForbidden(h *host, step snapshot.AccessStep, user, wanted string) *Finding {
	f := &Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
		Summary: fmt.Sprintf("it runs as %s, who may not read its configuration: ZooKeeper ends with \"Invalid config, exiting abnormally\" and exit code 2.", user),
		Evidence: []Evidence{
			{Source: "zoo.cfg", Server: h.name(), Key: "owner", Value: fmt.Sprintf("%s, mode %04o", userName(step.UID), step.Mode), Wanted: wanted, File: step.Path},
		},
		Fix: []Fix{{
			Host: h.name(), Note: fmt.Sprintf("let %s read it, by its group rather than for everybody: the file may hold passwords. Find out who changed it: an editor run as root with a strict umask does", user),
			Command: fmt.Sprintf("chgrp \"$(id -g %s)\" %s && chmod g+rX %s", shellWord(user), shellWord(step.Path), shellWord(step.Path)), Risk: "none: no content changes",
		}},
	}
	if h.Process != nil {
		f.Later = true
		f.Summary = fmt.Sprintf("it runs as %s, who may not read its configuration any more. The running process has read it before; it will not start again.", user)
		f.Evidence = append(f.Evidence, Evidence{Source: "process", Server: h.name(), Key: "pid " + strconv.Itoa(h.Process.PID), Value: "runs as " + user})
		return f
	}
	f.Evidence = append(f.Evidence, Evidence{Source: "unit", Server: h.name(), Key: "User", Value: user, File: h.Unit.File})
	f.Evidence = append(f.Evidence, h.logged([]logline.Sign{logline.ConfigInvalid})...)
	f.Evidence = append(f.Evidence, h.serviceEvidence()...)
	return f
}

// namedAnother says that the file which the user named is not the one in use. It is
// about the question: the server may be as it should be.
func (e *ensemble) namedAnother(h *host) *Finding {
	keys := h.Named.Keys
	shown := strings.Join(keys[:min(len(keys), 5)], ", ")
	if len(keys) > 5 {
		shown += fmt.Sprintf(" and %d more", len(keys)-5)
	}
	return &Finding{
		Severity: Info, Certainty: Proven, Servers: h.servers(),
		Title:   "runs with another configuration than the one you named",
		Summary: fmt.Sprintf("%s has the same dataDir and is not the file that the process has read. What is changed there reaches nobody, not even by a restart.", h.Named.Path),
		Evidence: []Evidence{
			{Source: "process", Server: h.name(), Key: "pid " + strconv.Itoa(h.Process.PID), Value: "has read " + h.config.Path, Wanted: h.Named.Path},
			{Source: "zoo.cfg", Server: h.name(), Key: "differs in", Value: shown, File: h.Named.Path},
		},
		Fix: []Fix{{Host: h.name(), Note: fmt.Sprintf("make the change in %s, or correct what starts the server", h.config.Path)}},
	}
}
