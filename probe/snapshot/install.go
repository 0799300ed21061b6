package snapshot

// Install is a ZooKeeper as it was unpacked, and what its scripts would start it
// with (bin/zkEnv.sh, 3.4 to 3.9).
type Install struct {
	// Dir holds bin/zkServer.sh.
	Dir string `json:"dir"`
	// Jars are its own jars, zookeeper-3.9.5.jar, where the scripts look for them: without one
	// there is no main class.
	Jars []string `json:"jars,omitempty"`
	// Lib is set when there is a directory lib, Source when it is the source code.
	Lib    bool `json:"lib,omitempty"`
	Source bool `json:"source,omitempty"`
	// ClassPath is the file that sets the class path in another way than a release
	// of ZooKeeper does; empty for none. The jars then decide nothing.
	ClassPath string `json:"class_path,omitempty"`
	Java      Java   `json:"java"`
}

// Java is which java the scripts would take.
type Java struct {
	// Home is JAVA_HOME, and From the file or the unit that sets it; empty where
	// none of those that were read does.
	Home string `json:"home,omitempty"`
	From string `json:"from,omitempty"`
	// HomeHas tells whether there is a bin/java in it that can be run.
	HomeHas Obs[bool] `json:"home_has"`
	// FallsBack is set when the scripts take the java of PATH where Home has none
	// (3.5 and later).
	FallsBack bool `json:"falls_back,omitempty"`
	// InPath is the java in the PATH of the unit, empty for none; not looked at
	// where no unit starts it.
	InPath Obs[string] `json:"in_path"`
	// Unsure is set where files or variables that were not read may set JAVA_HOME or
	// PATH.
	Unsure bool `json:"unsure,omitempty"`
	// Version is what the java that would be taken says of itself in its file
	// release; empty where it says nothing.
	Version string `json:"version,omitempty"`
}
