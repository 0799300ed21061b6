// Package thishost looks at the ZooKeepers of the host that it runs on: their processes,
// files, sockets, logs and units. It sends nothing to any server.
package thishost
