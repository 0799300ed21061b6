package snapshot

// Service is what systemd tells of the unit of a server (org.freedesktop.systemd1,
// D-Bus).
type Service struct {
	Unit string `json:"unit"`
	// Active is active, activating, inactive, failed, ...; Sub its detail, of which
	// auto-restart is a wait before the next start.
	Active string `json:"active"`
	Sub    string `json:"sub"`
	// Result is success, or how the last run ended: exit-code, signal, oom-kill,
	// start-limit-hit, ...
	Result string `json:"result"`
	// Code and Status are how the main process ended last (waitid(2)): 1 exited, 2
	// killed, 3 killed with a core; and the exit code, or the signal. Code is 0 while
	// the first one runs, or none ever did.
	Code   int32 `json:"code"`
	Status int32 `json:"status"`
	// Restarts counts the starts that systemd made by itself since somebody last
	// started the unit.
	Restarts uint32 `json:"restarts"`
}

// Unit is how systemd starts the ZooKeeper of this host.
type Unit struct {
	// Name is that of the unit, zookeeper.service, and File where it was read.
	Name string `json:"name"`
	File string `json:"file"`
	// Config is the zoo.cfg that its command leads to, there or not; empty where that
	// cannot be told.
	Config string `json:"config,omitempty"`
	// Script is the zkServer.sh that it runs; empty where it runs something else.
	Script string `json:"script,omitempty"`
	// Java is the java that it runs itself; empty where a script finds it. JavaRuns
	// tells whether that can be run.
	Java     string    `json:"java,omitempty"`
	JavaRuns Obs[bool] `json:"java_runs"`
	// Files is how many files its process may have open (LimitNOFILE, the hard one, to which Java
	// raises the other); 0 where it sets no number.
	Files uint64 `json:"files,omitempty"`
	// User is whom it runs as; empty for root.
	User string `json:"user,omitempty"`
	// Credentials are those of User on this host.
	Credentials Obs[Credentials] `json:"credentials"`
	// JavaHome and Path are the variables that it sets; empty where it does not.
	JavaHome string `json:"java_home,omitempty"`
	Path     string `json:"path,omitempty"`
	// ConfigFailure is why Config cannot be read here; nil where it can.
	ConfigFailure *Failure `json:"config_failure,omitempty"`
	// SetsMore is set where it takes variables or a user from elsewhere, so that it
	// may have others than these.
	SetsMore bool `json:"sets_more,omitempty"`
	// SetsClassPath is set where it sets CLASSPATH.
	SetsClassPath bool `json:"sets_class_path,omitempty"`
}
