package findings

import "github.com/zkdoctor/zkdoctor/probe/logline"

// unitRows are what systemd writes of a unit (service.c, unit.c and exec-invoke.c of 232 to
// 255), and the kernel of a process that it kills (mm/oom_kill.c).
func unitRows() []logline.Row {
	down, memory := []string{"process-down"}, []string{"heap-pressure", "process-down"}
	const exit = "unit's exit"
	return []logline.Row{
		{Texts: []string{"Failed with result 'oom-kill'", "killed by the OOM killer", "Out of memory: Kill{}(java)", "Memory cgroup out of memory: Kill", "oom-kill:constraint="}, Slugs: memory, Why: "The kernel killed the process for memory: the host, or the limit of its control group, has less than Java's heap and all else that Java needs."},
		{Texts: []string{"Start request repeated too quickly", "start-limit-hit", "Scheduled restart job, restart counter is at"}, Slugs: []string{"restart-loop"}, Why: "systemd starts it again each time it ends, and gives up in the end; what it wrote before each end says why."},
		{Texts: []string{"Failed at step EXEC spawning", "status=203/EXEC"}, Family: exit, Slugs: down, Why: "systemd could not run the unit's command: the file is not there, may not be executed, or its interpreter is missing. ZooKeeper has not begun."},
		{Texts: []string{"Failed at step USER spawning", "status=217/USER"}, Family: exit, Slugs: down, Why: "The unit's User= or Group= does not exist on this host. ZooKeeper has not begun."},
		{Texts: []string{"Failed at step CHDIR spawning", "status=200/CHDIR"}, Family: exit, Slugs: down, Why: "The unit's WorkingDirectory= is not there, or its user may not go there. ZooKeeper has not begun."},
		{Kind: logline.Consequence, Texts: []string{"code=exited, status=143"}, Family: exit, Why: "Java ends with 143 after SIGTERM: from systemctl stop, a shutdown, or a person. It is not a crash; with SuccessExitStatus=143 systemd does not count it as a failure."},
		{Texts: []string{"code=killed, status=9/KILL"}, Family: exit, Slugs: down, Why: "The process was killed by SIGKILL: by the kernel, which its log says (journalctl -k), by systemd as it did not stop in time, or by a person."},
		{Kind: logline.Fault, Texts: []string{"code=dumped", "code=killed, status=6/ABRT"}, Family: exit, Why: "The process crashed. Java writes of it into hs_err_pid*.log in its working directory."},
		{Texts: []string{"Main process exited, code=exited", "Control process exited, code=exited"}, Family: exit, Slugs: down, Why: "The process ended by itself. What it wrote before its end says why: journalctl -u with the unit's name, and ZooKeeper's own log."},
		{Kind: logline.Setting, Texts: []string{"Can't open PID file", "New main PID{}does not exist", "start operation timed out"}, Why: "systemd waits for what the unit's Type= and PIDFile= promise, and ends the server when that does not come. With zkServer.sh start-foreground and Type=simple it needs neither."},
		{Kind: logline.Consequence, Texts: []string{"Failed with result 'exit-code'", "Failed with result 'signal'", "Failed with result 'timeout'", "entered failed state"}, Why: "systemd notes that the unit failed. How the process ended stands in the line before."},
	}
}

// podRows are what kubectl and container engines show of a pod that is not well: the events
// and reasons of kubelet and scheduler.
func podRows() []logline.Row {
	down := []string{"process-down"}
	return []logline.Row{
		{Texts: []string{"OOMKilled"}, Slugs: []string{"heap-pressure", "process-down"}, Family: "container's exit", Why: "The container used more memory than its limit, and the kernel killed a process of it. The limit has to hold the heap (-Xmx) and all else that Java needs."},
		{Texts: []string{"Exit Code: 137", "exit code 137"}, Slugs: []string{"process-down", "heap-pressure"}, Family: "container's exit", Why: "The container was killed by SIGKILL: for memory (reason OOMKilled), as its liveness probe failed, or as it did not stop in time."},
		{Kind: logline.Consequence, Texts: []string{"Exit Code: 143", "exit code 143"}, Family: "container's exit", Why: "Java ends with 143 after SIGTERM: the pod was deleted, moved, or its liveness probe failed. It is not a crash."},
		{Texts: []string{"CrashLoopBackOff", "Back-off restarting failed container"}, Slugs: []string{"restart-loop", "process-down"}, Why: "The container ends soon after each start, and is started later each time. kubectl logs --previous shows what it wrote last."},
		{Texts: []string{"Liveness probe failed", "failed liveness probe", "Liveness probe errored"}, Slugs: []string{"restart-loop", "cmd-not-whitelisted", "server-hung"}, Why: "The container's liveness probe fails, and it is restarted for that: the server does not answer in time, or the probe asks a word that the whitelist does not have."},
		{Texts: []string{"Readiness probe failed", "Readiness probe errored", "Startup probe failed"}, Slugs: []string{"server-not-serving", "cmd-not-whitelisted", "process-down"}, Why: "The container's probe fails: the server does not serve or is not up yet, or the probe asks a word that the whitelist does not have."},
		{Texts: []string{"FailedScheduling", "unbound immediate PersistentVolumeClaims", "didn't match pod anti-affinity rules"}, Slugs: down, Why: "Kubernetes has no node for the pod: the text behind it says what is missing (a volume, room, or a node without another member). ZooKeeper has not begun."},
		{Texts: []string{"FailedMount", "MountVolume.SetUp failed", "FailedAttachVolume", "Multi-Attach error for volume"}, Slugs: down, Why: "A volume of the pod cannot be had on its node, often as another node still holds it. ZooKeeper has not begun."},
		{Texts: []string{"ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "CreateContainerError"}, Slugs: down, Why: "The container could not be made: its image, or a ConfigMap or Secret that it names, is not there. ZooKeeper has not begun."},
		{Texts: []string{"exec format error", "cannot execute binary file"}, Slugs: []string{"process-down", "java-missing-or-wrong"}, Why: "The image, or a program in it, is made for another kind of processor. ZooKeeper has not begun."},
	}
}
