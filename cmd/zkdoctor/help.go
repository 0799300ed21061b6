package main

import (
	"github.com/alecthomas/kong"
)

type helpCmd struct {
	Command []string `arg:"" optional:"" name:"command" complete:"command" help:"Command to describe. Without one: all of them."`
}

// Run prints what the command prints under --help.
func (c *helpCmd) Run(parsed *kong.Context) error {
	described, err := kong.Trace(parsed.Kong, c.Command)
	if err != nil {
		return err
	}
	if described.Error != nil && len(c.Command) > 0 {
		return described.Error
	}
	return described.PrintUsage(false)
}
