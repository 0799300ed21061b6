package findings

import "github.com/zkdoctor/zkdoctor/probe/logline"

// replyRows are answers to four-letter words (AbstractFourLetterCommand, NopCommand).
func replyRows() []logline.Row {
	return []logline.Row{
		{Texts: []string{"is not executed because it is not in the whitelist"}, Slugs: []string{"cmd-not-whitelisted"}, Why: "The server is alive; this four-letter word is not on its whitelist."},
		{Texts: []string{"This ZooKeeper instance is not currently serving requests"}, Slugs: []string{"server-not-serving", "quorum-lost", "leader-serves-no"}, Why: "The process is alive but has no role now: no quorum, still joining, or a leader that does not serve."},
		{Texts: []string{"Mode: standalone"}, Whole: true, Slugs: []string{"standalone-in-ensemble"}, Why: "The server runs alone, which is a fault if it should be a member of an ensemble."},
		{
			Texts: []string{"Mode: read-only"}, Whole: true, Slugs: []string{"read-only-mode", "quorum-lost"},
			Why: "The server sees no quorum and serves reads only.",
		},
	}
}

// scriptRows are what zkServer.sh prints.
func scriptRows() []logline.Row {
	misleading := []string{"status-script-misleading"}
	return []logline.Row{
		{Texts: []string{"Error contacting service. It is probably not running"}, Slugs: []string{"status-script-misleading", "server-not-serving", "process-down"}, Why: "zkServer.sh got no Mode line; the server may be down, without quorum, or healthy but asked wrongly."},
		{Texts: []string{"Client port not found in the server configs", "Unable to find either secure or unsecure client port in any configs"}, Slugs: misleading, Why: "zkServer.sh found no client port in the files it read, which says nothing about the server."},
		{Texts: []string{"myid could not be determined"}, Slugs: []string{"status-script-misleading", "myid-missing"}, Why: "zkServer.sh could not read myid, so it does not know which server line is this server's."},
		{Texts: []string{"Starting zookeeper{}already running as process"}, Slugs: []string{"process-down"}, Why: "zkServer.sh does not start because the number in its pid file is in use, maybe by another program."},
		{Texts: []string{"zookeeper_server.pid: No such file", "zookeeper_server.pid: Permission denied", "FAILED TO WRITE PID"}, Slugs: []string{"process-down"}, Why: "zkServer.sh cannot write its pid file: the server may run on, and stop will not find it."},
		{Texts: []string{"mkdir: cannot create directory"}, Slugs: []string{"datadir-not-writable"}, Why: "The start makes directories, for its log, pid file or data, and its user may not make this one."},
		{Texts: []string{"Starting zookeeper{}FAILED TO START"}, Slugs: []string{"process-down"}, Why: "The process ended right after its start; its log says why."},
	}
}
