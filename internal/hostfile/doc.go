// Package hostfile is the only way by which zkdoctor reads this host's files.
//
// zkdoctor runs as root on hosts of others, and a path that it follows may have been
// chosen by any user of the host. So a file is judged before it is opened for reading, by
// what it is and not by what it was: no pipe, no device, nothing that the kernel makes up
// (proc, sysfs). No more of it is read than was asked for. It is read with the rights of
// the process whose file it is said to be, where there is one: root lends its eyes to
// nobody. And whatever a mount or another process does, a look ends when its context does.
package hostfile
