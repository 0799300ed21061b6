// Package lint judges a configuration by itself: what keeps ZooKeeper from
// starting, what surprises, and what is unwise. It does no I/O: a zoocfg.Config
// in, a Report out.
//
// What ZooKeeper dies of, and most of what surprises, was found by zoocfg; the
// rules here are advice. Each names its source: a class of apache/zookeeper, read
// at 3.4.10, 3.5.10 and 3.9.5, or zookeeperAdmin.md of 3.9.5 ("the guide").
//
// # Severities
//
// Critical: ZooKeeper ends at its start, or can never serve. Warning: data, the
// quorum or a restart is at risk, or a line does not do what it says. Info:
// worth knowing, and right for some.
//
// A remark may concern some versions only. Where the version is not known, one
// that spares the newest release goes one step down, and what only old versions
// trip over that could not read the file anyhow becomes one info.
//
// The file is all there is: -D options in SERVER_JVMFLAGS may set what is not in
// it. What they could set is info, and the remark says so.
package lint
