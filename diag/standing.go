package diag

// standing is what a server is now.
type standing struct {
	role    Role
	serving truth
	// condition is what the role does not say; empty for nothing.
	condition Condition
}

// Condition is what was found of a server beside its role.
type Condition string

// The conditions.
const (
	ServesReadsOnly    Condition = "serves-reads-only"
	ServesByAdmin      Condition = "serves-by-admin"
	ServesWordless     Condition = "serves-wordless"
	RefusesAsLeader    Condition = "refuses-as-leader"
	RunsIdle           Condition = "runs-idle"
	ElectionPortClosed Condition = "election-port-closed"
	Loading            Condition = "loading"
	AcceptsOnly        Condition = "accepts-only"
	SwallowsAndLost    Condition = "swallows-and-lost"
	ProcessStopped     Condition = "process-stopped"
	PortTaken          Condition = "port-taken"
	AtAnotherAddress   Condition = "at-another-address"
	AtAnotherPort      Condition = "at-another-port"
	NoSuchName         Condition = "no-such-name"
	RefusedFromHere    Condition = "refused-from-here"
	ClosesEarly        Condition = "closes-early"
	TLSFails           Condition = "tls-fails"
	SpeaksTLS          Condition = "speaks-tls"
	AnswersWithoutEnd  Condition = "answers-without-end"
	IsKeeper           Condition = "is-keeper"
	NotZooKeeperHere   Condition = "not-zookeeper"
	OutOfReach         Condition = "out-of-reach"
)

// assignRoles gives every server its standing: what it says and shows itself, and then
// what others show of it.
func (e *ensemble) assignRoles() {
	for _, s := range e.servers {
		s.portHost = s.host
		if b := e.earlier(s); b != nil {
			s.portHost = b.host
		}
		s.standing = s.ownStanding()
		s.expectPorts()
	}
	if s := e.hiddenLeader(); s != nil {
		s.standing, s.inferred = standing{Leader, yes, RefusesAsLeader}, true
	}
	for _, s := range e.queuedServers() {
		s.queued = true
		if b := e.earlier(s); b != nil && hangs(b) {
			s.standing = standing{NotServing, no, SwallowsAndLost}
		}
	}
	for _, s := range e.judgedByLeader() {
		s.counted, s.lost = isTrue(!e.lost), e.lost
		if e.lost && s.client == PortRefused && s.election == PortNotProbed {
			s.standing = standing{RoleDown, no, s.condition}
		}
	}
}
