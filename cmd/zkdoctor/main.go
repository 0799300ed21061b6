// Command zkdoctor diagnoses ZooKeeper ensembles.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
