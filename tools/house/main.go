// Command house measures how the code of zkdoctor hangs together, and fails where a
// figure is worse than the one recorded and than its goal. It is for those who work on
// zkdoctor: make house.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "house:", err)
		os.Exit(1)
	}
}

// run measures the module whose directory is named, against the record in figures.txt
// of the working directory.
func run(out io.Writer, args []string) error {
	flags := flag.NewFlagSet("house", flag.ContinueOnError)
	verbose := flags.Bool("v", false, "name what makes up each figure")
	update := flags.Bool("update", false, "record the figures of today")
	record := flags.String("record", "figures.txt", "file of the recorded figures")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: house [-v] [-update] [-record FILE] MODULE-DIRECTORY")
	}
	root, err := filepath.Abs(flags.Arg(0))
	if err != nil {
		return err
	}
	recorded, err := readRecord(*record)
	if err != nil {
		return err
	}
	m, err := load(root)
	if err != nil {
		return err
	}
	figures := m.figures()
	if *update {
		if recorded, err = writeRecord(*record, figures); err != nil {
			return err
		}
	}
	rows := judge(figures, recorded, limits())
	if err := show(out, rows, *verbose); err != nil {
		return err
	}
	return verdict(rows)
}
