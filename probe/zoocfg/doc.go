// Package zoocfg reads zoo.cfg and the dynamic configuration file the way
// ZooKeeper reads them: first as Java properties, then by the grammar of
// QuorumPeerConfig. Line numbers, duplicates and unknown keys are kept.
//
// The package does no I/O: bytes in, values out. It does not know which
// ZooKeeper will read the file, so it takes what any version takes, and says
// beside each [Problem] which versions it concerns.
//
// Names in comments (QuorumPeerConfig, QuorumServer, QuorumMaj,
// QuorumHierarchical, ConfigUtils) are classes of apache/zookeeper, read at
// 3.4.10, 3.5.10, 3.6.4, 3.7.2, 3.8.6, 3.9.5 and master (3.10, 2026-07).
package zoocfg
