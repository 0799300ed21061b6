package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"github.com/zkdoctor/zkdoctor/internal/manual"
)

type manCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Where to write them; files there with the same names are replaced."`
}

// Help is shown under the usage line.
func (*manCmd) Help() string {
	return `The pages are dated by SOURCE_DATE_EPOCH, where that is set.

Examples:
  zkdoctor man --out /usr/local/share/man/man1
  man zkdoctor-check`
}

// Run writes the pages.
func (c *manCmd) Run(parsed *kong.Context, t terminal) error {
	date := time.Now()
	if text := os.Getenv("SOURCE_DATE_EPOCH"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH=%q is not a number of seconds", text)
		}
		date = time.Unix(seconds, 0)
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil { //nolint:gosec // man, another user, must read them
		return err
	}
	book := manual.Book{Version: versionNumber(), Date: date.UTC()}
	for _, page := range book.Pages(parsed.Model) {
		path := filepath.Join(c.Out, page.Name)
		if err := writeFile(path, []byte(page.Text), 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(t.out, path); err != nil {
			return err
		}
	}
	return nil
}
