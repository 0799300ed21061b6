package zoocfg

import (
	"fmt"
	"strings"
)

// checkSettings is the second half of QuorumPeerConfig.parseProperties: what
// is missing, or does not go together.
func (r *reader) checkSettings() {
	c := r.config
	if !c.DataDir.IsSet() {
		r.problem(0, "dataDir", notSet("dataDir"), "")
	}
	if c.TickTime.Value == 0 {
		r.problem(c.TickTime.Line, "tickTime", notSet("tickTime"), "")
	}
	if alg := c.ElectionAlg; alg.Value != 3 {
		r.problem(alg.Line, "electionAlg", fatal{NotFastElection, "Invalid electionAlg value. Only 3 is supported."}, "3.6+")
	}
	if c.ClientPort.Value == 0 && !r.unreadable["clientPort"] {
		r.problem(c.ClientPort.Line, "clientPort", notSet("clientPort"), "3.4")
	}
	r.checkPort("clientPort", "", c.ClientPort, c.ClientPortAddress)
	r.checkPort("secureClientPort", "3.5+", c.SecureClientPort, c.SecureClientPortAddress)
	r.checkSessions()
	r.checkSASL()
	r.checkMetrics()
	r.checkPath("dataDir", c.DataDir)
	r.checkPath("dataLogDir", c.DataLogDir)
	r.checkSSLAuth()
	r.checkClasses()
}

func notSet(key string) error { return fatal{NotSet, key + " is not set"} }

// checkMetrics is PrometheusMetricsProvider.configure.
func (r *reader) checkMetrics() {
	const key = "metricsProvider.httpPort"
	p, ok := r.config.Property(key)
	if !ok || !strings.HasSuffix(r.config.MetricsProvider.Value, "PrometheusMetricsProvider") {
		return
	}
	if _, err := javaInt(javaTrim(p.Value)); err != nil {
		r.problem(p.Line, key, err, "3.6+")
	}
}

// checkPort looks at a port and the address that only means something with it.
// Until 3.8 a port 0 is none, from 3.9 on it is an ephemeral one.
func (r *reader) checkPort(key, versions string, port Setting[int], address Setting[string]) {
	if err := checkPort(port.Value); err != nil {
		r.problem(port.Line, key, err, versions)
	}
	alone := notSet(key + "Address is set but " + key)
	switch {
	case !address.IsSet():
	case !port.IsSet():
		r.problem(address.Line, key+"Address", alone, "3.5+")
	case port.Value == 0 && !r.unreadable[key]:
		r.problem(address.Line, key+"Address", alone, "3.5-3.8")
	}
}

// checkSessions compares the limits of session timeouts. 3.4 compares what is
// written, later versions put 2 and 20 ticks in the place of what is not.
func (r *reader) checkSessions() {
	crossed := fatal{SessionTimeouts, "minSessionTimeout must not be larger than maxSessionTimeout"}
	c := r.config
	least, most := c.MinSessionTimeout.Value, c.MaxSessionTimeout.Value
	line := max(c.MinSessionTimeout.Line, c.MaxSessionTimeout.Line)
	fatal34 := least > most
	if least == -1 {
		least = 2 * c.TickTime.Value
	}
	if most == -1 {
		most = 20 * c.TickTime.Value
	}
	fatal35 := least > most
	switch {
	case fatal34 && fatal35:
		r.problem(line, "minSessionTimeout", crossed, "")
	case fatal34:
		r.problem(line, "minSessionTimeout", crossed, "3.4")
	case fatal35:
		r.problem(line, "minSessionTimeout", crossed, "3.5+")
	}
}

// checkSASL wants the three switches of quorum SASL to agree.
func (r *reader) checkSASL() {
	const (
		enable  = "quorum.auth.enableSasl"
		server  = "quorum.auth.serverRequireSasl"
		learner = "quorum.auth.learnerRequireSasl"
		text    = " is disabled, so cannot enable "
	)
	c := r.config
	needsServer, needsLearner := c.QuorumServerRequireSASL, c.QuorumLearnerRequireSASL
	if needsServer.Value && !c.QuorumSASL.Value {
		r.problem(needsServer.Line, server, fatal{NeedsSASL, enable + text + server}, "")
	}
	if needsLearner.Value && !c.QuorumSASL.Value {
		r.problem(needsLearner.Line, learner, fatal{NeedsSASL, enable + text + learner}, "")
	}
	if needsServer.Value && !needsLearner.Value {
		r.problem(needsServer.Line, server, fatal{NeedsLearnerSASL, learner + text + server}, "")
	}
}

// checkMembership is QuorumPeerConfig.parseDynamicConfig and checkValidity, and
// the end of parseProperties of 3.4.
func (r *reader) checkMembership() {
	c := r.config
	voters := len(c.Voters())
	alone := c.StandaloneEnabled.Value
	var observer Server
	for _, s := range c.Servers {
		if s.Role == Observer {
			observer = s
			break
		}
	}
	key := fmt.Sprintf("server.%d", observer.ID)
	versions := "" // of those that fall back to standalone mode
	if !alone {
		versions = "3.4"
	}
	switch {
	case voters == 0:
		if !alone {
			r.inStatic(func() {
				r.problem(c.StandaloneEnabled.Line, "standaloneEnabled",
					fatal{NoParticipants, "standaloneEnabled = false then number of participants should be >0"}, "3.5+")
			})
		}
		if observer.Addresses != nil {
			r.problem(observer.Line, key, fatal{ObserversAlone, "Observers w/o participants is an invalid configuration"}, versions)
		}
	case voters == 1:
		if observer.Addresses != nil {
			r.problem(observer.Line, key, fatal{ObserversAlone, "Observers w/o quorum is an invalid configuration"}, versions)
		}
		if !alone {
			r.checkLimits("3.5+")
		}
	default:
		r.checkLimits("")
		for _, s := range r.noElection {
			if s.Role == Participant && c.ElectionAlg.Value != 0 {
				r.problem(s.Line, fmt.Sprintf("server.%d", s.ID),
					fatal{text: fmt.Sprintf("Missing election port for server: %d", s.ID)}, "3.4")
			}
		}
	}
	r.checkGroups()
}

// checkLimits looks for the two limits a member of a quorum must have. They
// always stand in zoo.cfg.
func (r *reader) checkLimits(versions string) {
	c := r.config
	r.inStatic(func() {
		if c.InitLimit.Value == 0 && !r.unreadable["initLimit"] {
			r.problem(c.InitLimit.Line, "initLimit", notSet("initLimit"), versions)
		}
		if c.SyncLimit.Value == 0 && !r.unreadable["syncLimit"] {
			r.problem(c.SyncLimit.Line, "syncLimit", notSet("syncLimit"), versions)
		}
	})
}

// inStatic is for what only shows when the members are known, and stands in zoo.cfg.
func (r *reader) inStatic(check func()) {
	file := r.file
	r.file = r.config.Path
	check()
	r.file = file
}

// checkGroups is the end of QuorumHierarchical.parse. From 3.5 on a weight
// alone makes the quorum hierarchical.
func (r *reader) checkGroups() {
	c := r.config
	if len(c.Groups) == 0 && len(c.Weights) == 0 {
		return
	}
	votes := map[int64]bool{}
	for _, s := range c.Voters() {
		votes[s.ID] = true
		if !r.grouped[s.ID] {
			r.problem(s.Line, fmt.Sprintf("server.%d", s.ID),
				fatal{BadGroups, fmt.Sprintf("Server %dis not in a group", s.ID)}, "3.5+")
		}
	}
	for _, g := range c.Groups {
		for _, id := range g.Members {
			if _, weighs := c.Weights[id]; !votes[id] && !weighs {
				// computeGroupWeight unboxes a weight that is not there.
				r.problem(g.Line, fmt.Sprintf("group.%d", g.ID), fatal{BadGroups, "java.lang.NullPointerException"}, "3.5+")
				break
			}
		}
	}
	if len(c.Groups) > 0 && len(votes) > 1 && len(votes) != len(r.grouped) {
		r.problem(c.Groups[0].Line, fmt.Sprintf("group.%d", c.Groups[0].ID),
			fatal{BadGroups, "Every server must be in exactly one group"}, "3.4")
	}
}
