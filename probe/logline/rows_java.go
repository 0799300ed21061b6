package logline

// Texts of rows with which a line of Java's own begins: see consoleHeads.
const (
	unknownVMOption = "Unrecognized VM option"
	unknownOption   = "Unrecognized option: "
	maximumHeap     = "Invalid maximum heap size"
	initialHeap     = "Invalid initial heap size"
	noMemory        = "java.lang.OutOfMemoryError"
)

// javaRows are what Java, the shell (zkEnv.sh from 3.5 on) and nohup (coreutils, busybox)
// write about a start that never got to ZooKeeper.
func javaRows() []Row {
	java := []string{"java-missing-or-wrong"}
	return []Row{
		{
			Texts: []string{mainClass + "org.apache.zookeeper"},
			Slugs: []string{"start-failed-classpath"}, Why: "Java was started without ZooKeeper's jars.",
		},
		{Sign: JavaClass, Texts: []string{mainClass}, capture: className},
		{Texts: []string{"Unable to initialize main class org.apache.zookeeper"}, Slugs: []string{"start-failed-classpath", "java-missing-or-wrong"}, Why: "Java found ZooKeeper's main class and not what that needs: a jar is missing, or the java is too old for it."},
		{Texts: []string{"NoSuchMethodError: java.nio.ByteBuffer"}, Slugs: java, Why: "ZooKeeper was compiled for a later Java than the one that it runs on."},
		{Sign: JavaVersion, Texts: []string{"UnsupportedClassVersionError", "Unsupported major.minor version"}, Slugs: java, Why: "The java is older than the one the classes were made for."},
		{Sign: JavaOptions, Texts: []string{unknownVMOption}, Slugs: java, Why: "This java does not know an option that it is given, and ends."},
		{Sign: JavaOptions, Texts: []string{
			"Could not reserve enough space", "insufficient memory for the Java Runtime", "os::commit_memory(",
			"Cannot allocate memory",
		}, Slugs: java, Why: "The host cannot give Java the memory that its options ask for."},
		{Sign: JavaOptions, Texts: []string{
			unknownOption, maximumHeap, initialHeap,
			"Multiple garbage collectors selected", "Conflicting collector combinations",
		}, Slugs: java, Why: "This java cannot do with the options that it is given, and ends."},
		{Sign: JavaMissing, Texts: []string{"java: command not found", "java: not found", "java could not be found in PATH", "nohup: {}java"}, Slugs: java, Why: "There is no java where the start script expects one, so nothing was run."},
	}
}

// crashRows are what Java writes at its own end (java.c of the launcher, vmError.cpp).
func crashRows() []Row {
	return []Row{
		{Kind: Fault, Texts: []string{"fatal error has been detected by the Java Runtime"}, Why: "Java itself crashed, or memory or a file that it had mapped was not there. It writes of it into hs_err_pid*.log, whose first lines say where."},
		{Kind: Consequence, Texts: []string{
			"Could not create the Java Virtual Machine", "Error occurred during initialization of VM",
			"A fatal exception has occurred. Program will exit",
		}, Why: "Java did not start. The line beside this one says why."},
	}
}

// memoryRows are what Java writes when memory is short.
func memoryRows() []Row {
	return []Row{
		{Sign: OutOfMemory, Texts: []string{"OutOfMemoryError: unable to create{}native thread", "pthread_create failed (EAGAIN)"}, Family: "memory", Kind: Consequence, Why: "Java could not make a thread: a limit of processes and threads (ulimit -u, TasksMax of the unit, the pids of a container), or the memory of the host. It is neither the heap nor a limit of open files.", capture: ofThreads},
		{Sign: OutOfMemory, Texts: []string{noMemory}, Family: "memory", Slugs: []string{"heap-pressure", "server-hung"}, Why: "Java ran out of memory; from here on threads may be missing in the server."},
	}
}
