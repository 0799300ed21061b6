// Package zktest starts real ZooKeeper ensembles on this machine and breaks
// them: for the integration tests and for "make demo".
//
// A server listens on ZooKeeper's real ports (2181, 2888, 3888). It has its own
// loopback address (HostKind Loopback, no privileges needed), or it is a host
// of its own made of Linux namespaces: its own interfaces, processes, /proc,
// host name and /etc/hosts (Namespaces, needs root), where links can be cut.
// Nothing ever leaves the machine: loopback addresses are local and the
// namespaces have no route out.
//
// A test writes
//
//	ens := zktest.StartT(t, zktest.Options{Version: zktest.Oldest})
//	leader, err := ens.Leader(t.Context())
//	leader.Kill()
//
// and is cleaned up after, also when the test process is killed: the kernel
// then kills every server (prctl PR_SET_PDEATHSIG), the namespaces vanish with
// their processes, and the next Start removes the directories.
//
// The package needs java, and mvn for the first start of each version
// (Debian: default-jre-headless maven); Namespaces needs ip, unshare, nsenter
// (iproute2, util-linux) and, to cut links, nft (nftables).
package zktest
