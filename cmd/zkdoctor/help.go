package main

import (
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"
)

type helpCmd struct {
	Command []string `arg:"" optional:"" name:"command" complete:"command" help:"Command to describe. Without a command: all of them."`
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

func helpOptions() kong.HelpOptions {
	return kong.HelpOptions{Compact: true, WrapUpperBound: 92, ValueFormatter: kong.DefaultHelpValueFormatter}
}

// helpAll is --help-all.
type helpAll bool

// BeforeReset prints the help and ends, before anything is checked: as --help does.
func (helpAll) BeforeReset(ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(helpOptions(), ctx); err != nil {
		return err
	}
	ctx.Kong.Exit(0)
	return nil
}

// brief is a command with more flags than a screen has room for.
type brief interface {
	// brief is its help with those that people use.
	brief() string
}

// printHelp prints the help of a command, the short one where it has one.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if node := ctx.Selected(); node != nil && node.Target.CanAddr() {
		if command, ok := reflect.TypeAssert[brief](node.Target.Addr()); ok {
			_, err := fmt.Fprint(ctx.Stdout, command.brief())
			return err
		}
	}
	return kong.DefaultHelpPrinter(options, ctx)
}
