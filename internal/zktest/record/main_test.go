package main

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// TestSaved: what one scene has recorded stays when another adds to it, and every byte
// comes back.
func TestSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "3.9.5")
	leader, err := recorded.Find("3.9.5", "leader")
	if err != nil {
		t.Fatal(err)
	}
	words, commands := recorded.Words(), adminCommands()
	said, err := open(dir, "leader")
	for _, word := range words {
		reply, _ := leader.Reply(word)
		err = errors.Join(err, said.SetReply(word, string(reply)))
	}
	if err := errors.Join(err, said.SetReply("srvr", "to be recorded again"), save(dir, said)); err != nil {
		t.Fatal(err)
	}
	said, err = open(dir, "leader")
	for _, command := range commands {
		page, _ := leader.Page(command)
		err = errors.Join(err, said.SetPage(command, string(page)))
	}
	srvr, _ := leader.Reply("srvr")
	if err := errors.Join(err, said.SetReply("srvr", string(srvr)), save(dir, said)); err != nil {
		t.Fatal(err)
	}

	said, err = open(dir, "leader")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		got, ok := said.Reply(word)
		if want, there := leader.Reply(word); !ok || !there || string(got) != string(want) {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	for _, command := range commands {
		got, ok := said.Page(command)
		if want, there := leader.Page(command); !ok || !there || string(got) != string(want) {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
	if _, ok := said.Page("connections"); ok {
		t.Error("a page that nobody gave")
	}
}
