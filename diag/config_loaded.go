package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const ConfigNotLoaded report.Code = "config-not-loaded"

var configNotLoadedRule = Rule{
	Code: ConfigNotLoaded, Title: "configuration file cannot be read", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perAnyHost(checkConfigLoaded),
}

// checkConfigLoaded looks whether a start would find the configuration, and whether
// the file that the user named is the one that the process has read.
func checkConfigLoaded(e *model.Ensemble, h *model.Host) Outcome {
	u := h.Unit
	switch {
	case !h.Config.Tried:
		return undecided("its configuration was not checked")
	case h.ConfigPath == "":
		return undecided("its process was started without a configuration file")
	case h.Hidden():
		return undecided(unseenProcess)
	case cannotBeRead(h.Config.Failure):
		return found(configGone(e, h, h.Config.Failure, h.ConfigSource))
	case h.Settings == nil:
		return skip(report.SkipDenied, h.Config.Failure.Text)
	case h.Named != nil && h.Process != nil:
		return found(namedAnother(h))
	case h.Process == nil && u != nil && u.Config != h.ConfigPath && cannotBeRead(u.ConfigFailure):
		return found(configGone(e, h, u.ConfigFailure, u.File))
	case h.Process == nil && listsNone(h) != nil:
		return found(configEmpty(h, listsNone(h)))
	}
	return configReadable(h)
}

// cannotBeRead reports whether a configuration is not there, or is no file, whoever
// asks.
func cannotBeRead(f *snapshot.Failure) bool {
	return f != nil && (f.Kind == snapshot.Absent || f.Kind == snapshot.Protocol)
}

// configGone is a configuration that nobody can read; source is what leads to it.
func configGone(e *model.Ensemble, h *model.Host, why *snapshot.Failure, source string) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   "no user can read the configuration that it would be started with: ZooKeeper exits with code 2 and \"Invalid config, exiting abnormally\".",
		Evidence: []report.Evidence{{
			Source: "zoo.cfg", Key: "set by " + source, Value: why.Text, Wanted: "a readable file",
		}},
		Fix: steps(nameOf(h),
			"restore the configuration of this server from a backup or from configuration management; or copy that of another server, and set this server's own clientPortAddress and paths. If the file is elsewhere, correct the path in its systemd unit or start script (arguments of zkServer.sh, ZOOCFGDIR)",
		),
	}
	if len(h.Beside) > 0 {
		addEvidence(&f, report.Evidence{Source: "zoo.cfg", Key: "beside it", Value: strings.Join(h.Beside, ", ")})
		if slices.Equal(h.Beside, []string{"zoo_sample.cfg"}) {
			f.Fix = slices.Insert(f.Fix, 0, step(nameOf(h), "zoo_sample.cfg is only an example: it has no server.N line and keeps the data in /tmp. Write your own zoo.cfg"))
		}
	}
	if e.Lives(h) {
		f.Certainty, f.Later = report.Proven, true
		f.Summary = "the configuration file of the running process can no longer be read. The process does not need it now, but will not start again."
		return f
	}
	f.Fix = append(f.Fix, startIt(h, ""))
	line := logEvidences(h, []logline.Sign{logline.ConfigInvalid})
	if line != nil || h.EndedWith(2) {
		f.Certainty = report.Proven
	}
	f.Evidence = append(append(f.Evidence, line...), serviceEvidence(h)...)
	return f
}

// listsNone is why ZooKeeper ends with a configuration without a member; nil where it has
// one, or does not end.
func listsNone(h *model.Host) *zoocfg.Problem {
	i := slices.IndexFunc(h.Settings.Problems, func(p zoocfg.Problem) bool {
		return p.Kind == zoocfg.NoParticipants && (h.Version() == "" || zoocfg.Concerns(p.Versions, h.Version()))
	})
	if i < 0 || len(h.Settings.Servers) > 0 {
		return nil
	}
	return &h.Settings.Problems[i]
}

// configEmpty is a configuration that can be read, and lists no server: an empty dynamic file.
func configEmpty(h *model.Host, why *zoocfg.Problem) report.Finding {
	f := report.Finding{
		Title: "configuration lists no server", Certainty: report.Likely,
		Evidence: []report.Evidence{{Source: "zoo.cfg", Key: why.Key, Value: why.Text, File: why.File, Line: why.Line}},
		Summary:  "standaloneEnabled=false needs a member, and there is none: ZooKeeper exits with code 2 and \"Invalid config, exiting abnormally\".",
		Fix: []report.Fix{
			step(nameOf(h), "write the server.N lines of all members, with ;clientPort, into the dynamic file: copy them from a running member (zoo.cfg.dynamic.* beside its zoo.cfg), or from a backup"),
			startIt(h, ""),
		},
	}
	if set := h.Settings.DynamicConfigFile; set.IsSet() {
		addEvidence(&f, settingEvidence(h, "dynamicConfigFile", set, "a file with server.N lines"))
	}
	line := logEvidences(h, []logline.Sign{logline.ConfigInvalid})
	if line != nil || h.EndedWith(2) {
		f.Certainty = report.Proven
	}
	addEvidence(&f, line...)
	addEvidence(&f, serviceEvidence(h)...)
	return f
}

// configReadable looks whether the user that the server runs as may read its
// configuration.
func configReadable(h *model.Host) Outcome {
	who, name := startsAs(h)
	switch {
	case !h.ConfigAccess.Tried || who == nil:
		return Outcome{} // whom it runs as nobody says: that the file is there is all there is to know
	case !h.ConfigAccess.Seen():
		return skip(report.SkipDenied, h.ConfigAccess.Failure.Text)
	case !who.Seen():
		return undecided(reasonOf(*who, "which user it runs as was not checked"))
	case who.Value.WritesAll:
		return Outcome{}
	}
	steps := h.ConfigAccess.Value
	for i, step := range steps {
		what, wanted := uint32(1), "a directory that its user may enter (x)"
		if i == len(steps)-1 {
			what, wanted = 4, "readable for "+name
		}
		may := model.Permits(step.Owner, what, who.Value.UID, who.Value.Groups)
		if may == model.Unknown {
			return undecided(step.Path + ": its group may read it, and an access list may include its user")
		}
		if may == model.No {
			return found(configForbidden(h, step, name, wanted))
		}
	}
	return Outcome{}
}

// startsAs are the rights of the user that the server runs as, and that user's name;
// nil when nothing tells.
func startsAs(h *model.Host) (*snapshot.Obs[snapshot.Credentials], string) {
	switch {
	case h.Process != nil:
		return &h.Process.Credentials, h.Process.User
	case h.Unit != nil && h.Unit.Config == h.Settings.Path:
		return &h.Unit.Credentials, h.Unit.User
	}
	return nil, ""
}

func configForbidden(h *model.Host, step snapshot.AccessStep, user, wanted string) report.Finding {
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("it runs as %s, who may not read its configuration: ZooKeeper exits with code 2 and \"Invalid config, exiting abnormally\".", user),
		Evidence: []report.Evidence{
			{
				Source: "zoo.cfg", Key: "owner",
				Value: fmt.Sprintf("%s, mode %04o", userName(step.UID), step.Mode), Wanted: wanted, File: step.Path,
			},
		},
		Fix: []report.Fix{{
			Host: nameOf(h), Note: fmt.Sprintf("let %s read it through its group, not for all users: the file may hold passwords. Find out what changed it: an editor run as root with a strict umask does this", user),
			Risk: "none: no content changes",
		}},
	}
	if steps := h.ConfigAccess.Value; step == steps[len(steps)-1] {
		// A directory on the way may be anybody's: what it needs is for its owner to decide.
		f.Fix[0].Command = fmt.Sprintf("chgrp \"$(id -g %s)\" %s && chmod g+rX %s",
			shellWord(user), shellWord(step.Path), shellWord(step.Path))
	}
	if h.Process != nil {
		f.Later = true
		f.Summary = fmt.Sprintf("it runs as %s, who may no longer read its configuration. The running process read it before; it will not start again.", user)
		addEvidence(&f, processEvidence(h, "runs as "+user, ""))
		return f
	}
	addEvidence(&f, report.Evidence{Source: "unit", Key: "User", Value: user, File: h.Unit.File})
	addEvidence(&f, logEvidences(h, []logline.Sign{logline.ConfigInvalid})...)
	addEvidence(&f, serviceEvidence(h)...)
	return f
}

// namedAnother says that the file which the user named is not the one in use. It is
// about the question: the server may be as it should be.
func namedAnother(h *model.Host) report.Finding {
	keys := h.Named.Keys
	shown := strings.Join(keys[:min(len(keys), 5)], ", ")
	if len(keys) > 5 {
		shown += fmt.Sprintf(" and %d more", len(keys)-5)
	}
	return report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Title:   "process uses a different configuration file",
		Summary: fmt.Sprintf("%s has the same dataDir, but the process was started with another file. Changes in it have no effect, even after a restart.", h.Named.Path),
		Evidence: []report.Evidence{
			processEvidence(h, "reads "+h.Settings.Path, h.Named.Path),
			{Source: "zoo.cfg", Key: "differs in", Value: shown, File: h.Named.Path},
		},
		Fix: steps(nameOf(h), fmt.Sprintf("make the change in %s, or correct the path in its start script or systemd unit", h.Settings.Path)),
	}
}
