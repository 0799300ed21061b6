// Command zkdoctor diagnoses ZooKeeper ensembles.
package main

import (
	"os"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

func main() {
	os.Exit(run(pluginArgs(os.Args), terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, files: new(hostfile.Door)}))
}
