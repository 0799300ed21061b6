package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/await"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/complete"
)

type completionCmd struct {
	Shell string `arg:"" enum:"${shells}" help:"bash, zsh or fish."`
}

// Help is shown under the usage line.
func (*completionCmd) Help() string {
	return `Examples:
  source <(zkdoctor completion bash)     in ~/.bashrc
  source <(zkdoctor completion zsh)      in ~/.zshrc
  zkdoctor completion fish | source      in ~/.config/fish/config.fish`
}

// Run prints the shell's script.
func (c *completionCmd) Run(t terminal) error {
	script, err := complete.Script(c.Shell)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(t.out, script)
	return err
}

// nextCmd is what the scripts call.
type nextCmd struct {
	Typed []string `arg:"" optional:"" sep:"none"`
}

// Run prints what may come next.
func (c *nextCmd) Run(parsed *kong.Context, t terminal) error {
	words := complete.Words{}
	for _, check := range diag.Catalogue() {
		words["finding"] = append(words["finding"], complete.Candidate{Word: string(check.Code), Help: check.Title})
	}
	for _, name := range restart.Names() {
		words["check"] = append(words["check"], complete.Candidate{Word: name})
	}
	for _, state := range await.Forms {
		words["state"] = append(words["state"], complete.Candidate{Word: state})
	}
	for _, node := range parsed.Model.Leaves(true) {
		words["command"] = append(words["command"], complete.Candidate{Word: node.Name, Help: node.Help})
	}
	_, err := fmt.Fprint(t.out, complete.Next(parsed.Model, c.Typed, words))
	return err
}
