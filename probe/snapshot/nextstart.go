package snapshot

// NextStart is what this host shows of how a server that runs would be started next.
type NextStart struct {
	// Unit is the unit of systemd that starts it; nil where none was found.
	Unit *Unit `json:"unit,omitempty"`
	// Script tells whether the zkServer.sh of the unit is there; not tried where it runs none.
	Script Obs[bool] `json:"script,omitzero"`
	// Install is the ZooKeeper whose scripts would start it.
	Install Obs[Install] `json:"install,omitzero"`
	// Java is the java that would be started, as far as that was found, and not seen where
	// neither a unit, a script nor the process leads to one.
	Java Obs[JavaProgram] `json:"java,omitzero"`
}

// JavaProgram is a java on the disk.
type JavaProgram struct {
	Path string `json:"path"`
	// Runs tells whether it is there, and may be run.
	Runs bool `json:"runs"`
	// Version is what its file release says; empty where that says nothing.
	Version string `json:"version,omitempty"`
	// OfProcess is set where it is the one that runs, because nothing else leads to one.
	OfProcess bool `json:"of_process,omitempty"`
}
